package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.DaemonConfig.Metrics;
import io.jcri.daemon.config.DaemonConfig.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsKeysTest {
  private static Metrics read(String text) {
    return ConfigFile.parse(text, "config.toml").metrics();
  }

  @Test
  void metricsAreOffByDefault() {
    assertThat(read("")).isEqualTo(Metrics.OFF);
    assertThat(read("metrics.address = \"\"")).isEqualTo(Metrics.OFF);
  }

  @Test
  void anAddressIsAUnixSocketOrAnIpAddressWithAPort() {
    assertThat(read("metrics.address = \"unix:///run/jcri/metrics.sock\"").address())
        .contains(UnixDomainSocketAddress.of("/run/jcri/metrics.sock"));
    assertThat(read("metrics.address = \"127.0.0.1:9631\"").address())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9631));
    assertThat(read("metrics.address = \"[::1]:9631\"").address())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("::1"), 9631));
    assertThat(read("metrics.address = \"0.0.0.0:1\"").address())
        .contains(new InetSocketAddress("0.0.0.0", 1));
  }

  @Test
  void aCertificateMakesItHttps() {
    assertThat(
            read(
                """
                [metrics]
                address = "10.0.0.1:9631"
                tls_certificate = "/c.pem"
                tls_key = "/k.pem"
                """))
        .isEqualTo(
            new Metrics(
                Optional.of(new InetSocketAddress("10.0.0.1", 9631)),
                Optional.of(new Tls(Path.of("/c.pem"), Path.of("/k.pem")))));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:9631",
    "127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.0.0.1:http",
    ":9631",
    "::1:9631",
    "[127.0.0.1]:9631",
    "unix://run/jcri.sock",
    "unix:///",
    "/run/jcri/metrics.sock",
    "tcp://127.0.0.1:9631"
  })
  void whatIsNoAddressIsToldWithAnExample(String address) {
    assertThatThrownBy(() -> read("metrics.address = \"" + address + "\""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "config.toml:1: metrics.address is \"%s\" but must be like unix:///run/jcri/metrics.sock"
                .formatted(address));
  }

  @Test
  void whatDoesNotGoTogetherIsTold() {
    assertThatThrownBy(() -> read("metrics.tls_key = \"/k\""))
        .hasMessageContaining("config.toml:1: metrics.tls_key is set alone");
    assertThatThrownBy(() ->
            read(
                """
                [metrics]
                address = "unix:///run/m.sock"
                tls_certificate = "/c"
                tls_key = "/k"
                """))
        .hasMessageContaining("metrics.tls_certificate is set, and a unix socket has no TLS");
    assertThatThrownBy(() -> read("metrics.address = \"unix:///" + "x".repeat(108) + "\""))
        .hasMessageContaining("the path of a socket may have");
  }
}
