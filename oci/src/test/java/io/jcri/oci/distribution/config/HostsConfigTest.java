package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.RegistryHost.Capability;
import io.jcri.oci.distribution.config.TransportSettings.ClientPair;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsConfigTest {

  @TempDir Path root;

  private void write(String directory, String text) throws IOException {
    Path target = Files.createDirectories(root.resolve(directory));
    Files.writeString(target.resolve("hosts.toml"), text);
  }

  private List<RegistryHost> hosts(String registry) {
    return new HostsConfig(List.of(root)).hostsFor(registry);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io, https, registry-1.docker.io",
    "quay.io, https, quay.io",
    "host:5000, https, host:5000",
    "localhost, http, localhost",
    "localhost:5000, http, localhost:5000",
    "localhost:443, https, localhost:443",
    "127.8.9.1:5000, http, 127.8.9.1:5000",
    "[::1]:5000, http, [::1]:5000",
    "127.0.0.1.evil.example, https, 127.0.0.1.evil.example",
    "localhost.evil.example:80, https, localhost.evil.example:80",
    "10.0.0.1:5000, https, 10.0.0.1:5000",
  })
  void withoutFilesARegistryIsItself(String registry, String scheme, String host) {
    RegistryHost only = hosts(registry).getFirst();

    assertThat(hosts(registry)).hasSize(1);
    assertThat(only.scheme()).isEqualTo(scheme);
    assertThat(only.host()).isEqualTo(host);
    assertThat(only.path()).isEqualTo("/v2");
    assertThat(only.capabilities()).containsExactlyInAnyOrder(Capability.values());
    assertThat(only.transport().dialTimeout()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aFullFileIsReadInItsOrder() throws IOException {
    write(
        "docker.io",
        """
        server = "https://registry-1.docker.io"
        ca = "/abs/root.pem"

        [host."https://zmirror.example:5000"]
          capabilities = ["pull"]
          ca = ["a.pem", "/b.pem"]
          client = [["c.cert", "c.key"], ["both.pem", ""]]
          skip_verify = true
          dial_timeout = "1m1.5s"
          [host."https://zmirror.example:5000".header]
            X-One = "1"
            X-Two = ["2", "3"]

        [host."http://amirror.example/proxy/"]
          client = "d.pem"

        [host."https://harbor.example/v2/cache"]
          override_path = true
          capabilities = ["pull", "resolve", "push"]
        """);

    List<RegistryHost> hosts = hosts("docker.io");

    assertThat(hosts)
        .extracting(RegistryHost::host)
        .containsExactly(
            "zmirror.example:5000", "amirror.example", "harbor.example", "registry-1.docker.io");
    assertThat(hosts)
        .extracting(RegistryHost::path)
        .containsExactly("/v2", "/proxy/v2", "/v2/cache", "/v2");
    assertThat(hosts.get(0).capabilities()).containsExactly(Capability.PULL);
    assertThat(hosts.get(0).headers())
        .isEqualTo(Map.of("X-One", List.of("1"), "X-Two", List.of("2", "3")));
    assertThat(hosts.get(0).transport())
        .isEqualTo(
            new TransportSettings(
                List.of(root.resolve("docker.io/a.pem"), Path.of("/b.pem")),
                List.of(
                    new ClientPair(
                        root.resolve("docker.io/c.cert"),
                        Optional.of(root.resolve("docker.io/c.key"))),
                    new ClientPair(root.resolve("docker.io/both.pem"), Optional.empty())),
                true,
                Duration.ofMillis(61_500)));
    assertThat(hosts.get(1).transport().clients())
        .containsExactly(new ClientPair(root.resolve("docker.io/d.pem"), Optional.empty()));
    assertThat(hosts.get(3).transport().ca()).containsExactly(Path.of("/abs/root.pem"));
  }

  @Test
  void theServerIsTheRegistryWhenTheFileNamesNone() throws IOException {
    write("_default", "[host.\"mirror.example\"]\ncapabilities = [\"pull\"]");

    assertThat(hosts("quay.io"))
        .extracting(host -> host.scheme() + "://" + host.host())
        .containsExactly("https://mirror.example", "https://quay.io");
    assertThat(hosts("docker.io").getLast().host()).isEqualTo("registry-1.docker.io");
  }

  @Test
  void directoriesAreTriedFromTheMostPrecise() throws IOException {
    write("_default", "server = \"https://default.example\"");
    assertThat(hosts("h.example:5000").getFirst().host()).isEqualTo("default.example");
    write("h.example:5000", "server = \"https://colon.example\"");
    assertThat(hosts("h.example:5000").getFirst().host()).isEqualTo("colon.example");
    write("h.example_5000_", "server = \"https://underscore.example\"");
    assertThat(hosts("h.example:5000").getFirst().host()).isEqualTo("underscore.example");
  }

  @Test
  void dockersFormIsReadWhenThereIsNoHostsToml() throws IOException {
    Path directory = Files.createDirectories(root.resolve("q.example"));
    for (String name : List.of("ca.crt", "me.cert", "me.key")) {
      Files.createFile(directory.resolve(name));
    }

    TransportSettings transport = hosts("q.example").getFirst().transport();

    assertThat(transport.ca()).containsExactly(directory.resolve("ca.crt"));
    assertThat(transport.clients())
        .containsExactly(
            new ClientPair(directory.resolve("me.cert"), Optional.of(directory.resolve("me.key"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server = ",
        "server = 1",
        "server = \"ftp://x\"",
        "server = \"https://user:pw@x\"",
        "server = \"https://\"",
        "server = \"https://x/?q\"",
        "capabilities = [\"fly\"]",
        "capabilities = [1]",
        "ca = 1",
        "ca = [1]",
        "client = [[\"a\"]]",
        "client = [1]",
        "skip_verify = \"yes\"",
        "dial_timeout = \"soon\"",
        "dial_timeout = \"0s\"",
        "dial_timeout = \"-1s\"",
        "host = 1",
        "[host]\n\"https://x\" = 1",
        "[header]\n\"a b\" = \"c\"",
        "[header]\nx = 1",
      })
  void aBrokenFileIsNamed(String text) throws IOException {
    write("q.example", text);

    assertThatThrownBy(() -> hosts("q.example"))
        .isInstanceOfSatisfying(
            OciException.class,
            e -> assertThat(e.kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION))
        .hasMessageStartingWith(root.resolve("q.example/hosts.toml").toString());
  }

  @ParameterizedTest
  @CsvSource({"300ms, 300", "1.5h, 5400000", "1m30s, 90000", "2000us, 2", "1000000ns, 1"})
  void durationsAreGoLike(String text, long millis) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "s", "3 s", "3s ", "1d", "99999999999h", "--1s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @Test
  void mirrorsAreToldTheRegistry() {
    RegistryHost hub = HostsConfig.fallback("docker.io", TransportSettings.DEFAULT);
    assertThat(hub.uri(ImageReference.parse("docker.io/library/x"), "manifests/y"))
        .hasToString("https://registry-1.docker.io/v2/library/x/manifests/y");
    assertThat(hub.uri(ImageReference.parse("quay.io:8443/a"), "blobs/b"))
        .hasToString("https://registry-1.docker.io/v2/a/blobs/b?ns=quay.io%3A8443");
  }
}
