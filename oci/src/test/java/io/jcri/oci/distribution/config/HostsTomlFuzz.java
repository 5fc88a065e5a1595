package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Any text is a hosts.toml or an {@link OciException}; the last host is the registry. */
public final class HostsTomlFuzz {

  private static final Path FILE = Path.of("/etc/certs.d/r.example/hosts.toml");

  private HostsTomlFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      List<RegistryHost> hosts = HostsToml.parse(text, FILE, "r.example");
      assertThat(hosts).isNotEmpty();
      for (RegistryHost host : hosts) {
        assertThat(host.scheme()).isIn("http", "https");
        assertThat(host.host()).isNotEmpty().doesNotContain("/", "@");
        assertThat(host.transport().dialTimeout()).isPositive();
      }
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION);
      assertThat(e).hasMessageContaining(FILE.toString());
    }
  }
}
