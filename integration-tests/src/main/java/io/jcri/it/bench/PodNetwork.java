package io.jcri.it.bench;

import io.jcri.it.kit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * The network of all runtimes' pods: jcri's default network (a bridge, no masquerading by plugins)
 * under another name, with or without the portmap plugin. {@link #close} takes the bridge away.
 *
 * @param folder to give the runtimes
 */
record PodNetwork(Path folder, Path leases) implements AutoCloseable {
  private static final String BRIDGE = "jctb" + ProcessHandle.current().pid();
  private static final String SUBNET = "10.233.0.0/16";

  static PodNetwork create(Path disk) throws IOException {
    PodNetwork network =
        new PodNetwork(Files.createDirectories(disk.resolve("net.d")), disk.resolve("leases"));
    network.configure("");
    return network;
  }

  /** Lets portmap run for every pod from now on; there must be none that runs. */
  void addPortmap() throws IOException {
    configure(
        """
        , {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}\
        """);
    settle();
  }

  /** Ends {@link #addPortmap}. */
  void removePortmap() throws IOException {
    configure("");
    settle();
  }

  /** The runtimes watch the folder, and say nowhere that they have read it anew. */
  private static void settle() throws IOException {
    try {
      Thread.sleep(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void configure(String morePlugins) throws IOException {
    Path part = folder.resolve(".part");
    Files.writeString(
        part,
        """
        {
          "cniVersion": "1.0.0",
          "name": "%1$s",
          "plugins": [
            {
              "type": "bridge",
              "bridge": "%1$s",
              "isGateway": true,
              "ipMasq": false,
              "hairpinMode": true,
              "ipam": {
                "type": "host-local",
                "dataDir": "%2$s",
                "ranges": [[{"subnet": "%3$s"}]],
                "routes": [{"dst": "0.0.0.0/0"}]
              }
            }%4$s
          ]
        }
        """
            .formatted(BRIDGE, leases, SUBNET, morePlugins));
    Files.move(part, folder.resolve("10-bench.conflist"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(Path.of("/sys/class/net", BRIDGE))) {
      Command.of("ip", "link", "delete", BRIDGE).run().orThrow();
    }
  }
}
