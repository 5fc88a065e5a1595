package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

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

  /**
   * Takes the bridge away.
   *
   * @throws AssertionError when a pod's link was left on it, of which nobody could tell afterwards
   *     whose it is
   */
  @Override
  public void close() throws IOException {
    Path link = Path.of("/sys/class/net", bridge);
    if (Files.exists(link)) {
      List<String> left = ports(link);
      Command.of("ip", "link", "delete", bridge)
          .withPatience(Duration.ofSeconds(20))
          .run()
          .orThrow();
      if (!left.isEmpty()) {
        throw new AssertionError("left behind on bridge %s: %s".formatted(bridge, left));
      }
    }
  }

  /** What is on it once what has just been ended has had a while to go. */
  private static List<String> ports(Path link) throws IOException {
    List<String> ports = List.of();
    for (int i = 0; i < 100; i++) {
      try (Stream<Path> list = Files.list(link.resolve("brif"))) {
        ports = list.map(port -> String.valueOf(port.getFileName())).toList();
      }
      if (ports.isEmpty()) {
        return ports;
      }
      Waiting.pause();
    }
    return ports;
  }
}
