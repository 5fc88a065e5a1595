package io.jcri.it.kit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes registry configuration in the form of containerd's {@code certs.d}. */
public final class HostsDirectory {
  private HostsDirectory() {}

  /**
   * Makes {@code registry} answer for each of the hosts. Nothing else is asked: it stands as the
   * server too, so that an image it does not have is an error at once, also without a network.
   */
  public static void mirror(Path folder, URI registry, List<String> hosts) throws IOException {
    for (String host : hosts) {
      write(
          folder,
          host,
          """
          server = "%s"

          [host."%s"]
            capabilities = ["pull", "resolve"]
          """
              .formatted(registry, registry));
    }
  }

  /** Writes the {@code hosts.toml} of one host. */
  public static void write(Path folder, String host, String toml) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(host));
    Files.writeString(directory.resolve("hosts.toml"), toml);
  }
}
