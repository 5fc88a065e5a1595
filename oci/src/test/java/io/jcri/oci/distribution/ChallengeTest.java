package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {

  @Test
  void readsWhatRegistriesSend() {
    assertThat(
            Challenge.parse(
                List.of(
                    "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                        + "scope=\"repository:a/b:pull,push\"")))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm",
                    "https://auth.docker.io/token",
                    "service",
                    "registry.docker.io",
                    "scope",
                    "repository:a/b:pull,push")));
  }

  @Test
  void readsManyInOneHeaderAndInMany() {
    assertThat(
            Challenge.parse(
                List.of("Negotiate, Basic realm=\"a \\\"b\\\"\" , BEARER Realm = x,y=z", "basic")))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("basic", Map.of("realm", "a \"b\"")),
            new Challenge("bearer", Map.of("realm", "x", "y", "z")),
            new Challenge("basic", Map.of()));
  }

  @Test
  void brokenOnesEndWell() {
    for (String text :
        List.of("", ",", "=", "\"", "a=\"", "Bearer realm=\"x", "==\"\"=,=", "\"x\" y")) {
      assertThat(Challenge.parse(List.of(text))).hasSizeLessThan(3);
    }
  }
}
