package io.jcri.daemon.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private final Gate local = new Gate("secret", false);
  private final Gate remote = new Gate("secret", true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:80",
        "127.8.8.8:1",
        "localhost",
        "LocalHost:65535",
        "[::1]",
        "[::1]:8080"
      })
  void loopbackIsKnownByAllItsNames(String host) {
    assertThat(local.refuse("GET", List.of(host))).isEmpty();
    assertThat(remote.refuse("HEAD", List.of(host))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "192.168.1.1:80", "[fd00::1]:10350"})
  void addressesAreKnownWhenTheyAreMeant(String host) {
    assertThat(local.refuse("GET", List.of(host)).orElseThrow().status()).isEqualTo(403);
    assertThat(remote.refuse("GET", List.of(host))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "127.0.0.1@evil:80",
        "evil:80:80",
        "",
        "[::1",
        "localhost:x",
        "2130706433",
        "127.0.0.1\n"
      })
  void namesOfStrangersAreNot(String host) {
    assertThat(remote.refuse("GET", List.of(host)).orElseThrow().status()).isEqualTo(403);
  }

  @Test
  void oneHostMustBeNamed() {
    assertThat(local.refuse("GET", List.of())).isPresent();
    assertThat(local.refuse("GET", List.of("localhost", "localhost"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "get"})
  void nothingCanBeChanged(String method) {
    assertThat(local.refuse(method, List.of("localhost")).orElseThrow().status()).isEqualTo(405);
  }

  @Test
  void theTokenMustBeShownInWholeAndOnce() {
    assertThat(local.admits(List.of("Bearer secret"))).isTrue();
    assertThat(local.admits(List.of("Bearer secre"))).isFalse();
    assertThat(local.admits(List.of("secret"))).isFalse();
    assertThat(local.admits(List.of())).isFalse();
    assertThat(local.admits(List.of("Bearer secret", "Bearer secret"))).isFalse();
  }

  @Test
  void eachGateHasAnotherTokenAndDoesNotTellIt() {
    Gate gate = Gate.open(false);
    assertThat(gate.token()).matches("[0-9a-f]{32}").isNotEqualTo(Gate.open(false).token());
    assertThat(gate.toString()).doesNotContain(gate.token());
  }
}
