package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A pod network of a test's own: a bridge with the standard plugins, its configuration and its
 * address leases in the test's folder. {@link #close} takes the bridge away.
 *
 * @param configurations the folder to give a runtime
 * @param bridge the name of the bridge, at most 15 bytes
 */
public record CniNetwork(Path configurations, String bridge) implements AutoCloseable {
  /** Where Debian keeps the plugins. */
  public static final Path PLUGINS = Path.of("/usr/lib/cni");

  /**
   * Writes the configuration.
   *
   * @param subnet of the pods, such as {@code 10.231.0.0/16}; nobody else's on this machine
   */
  public static CniNetwork create(Path folder, String bridge, String subnet) throws IOException {
    Path configurations = Files.createDirectories(folder.resolve("net.d"));
    Files.writeString(
        configurations.resolve("10-test.conflist"),
        """
        {
          "cniVersion": "1.0.0",
          "name": "%1$s",
          "plugins": [
            {
              "type": "bridge",
              "bridge": "%1$s",
              "isGateway": true,
              "ipMasq": true,
              "hairpinMode": true,
              "ipam": {
                "type": "host-local",
                "dataDir": "%2$s",
                "ranges": [[{"subnet": "%3$s"}]],
                "routes": [{"dst": "0.0.0.0/0"}]
              }
            },
            {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}
          ]
        }
        """
            .formatted(bridge, folder.resolve("leases"), subnet));
    return new CniNetwork(configurations, bridge);
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(Path.of("/sys/class/net", bridge))) {
      Command.of("ip", "link", "delete", bridge)
          .withPatience(Duration.ofSeconds(20))
          .run()
          .orThrow();
    }
  }
}
