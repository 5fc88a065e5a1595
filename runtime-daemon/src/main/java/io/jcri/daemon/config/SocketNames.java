package io.jcri.daemon.config;

import io.jcri.daemon.system.SocketFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether others can connect to the sockets that are configured: the kernel takes names of 107
 * bytes, and what comes from elsewhere connects by the whole path. The daemon reaches its own
 * sockets, in a state directory of any length, by another way.
 */
public final class SocketNames {
  private SocketNames() {}

  /** One message for each key that is too long. */
  static List<String> problems(DaemonConfig config) {
    List<String> problems = new ArrayList<>();
    check("socket", config.socket(), problems);
    if (config.nri().enabled()) {
      check("nri.socket", config.nri().socket(), problems);
    }
    return problems;
  }

  /**
   * The same for a configuration that flags have changed.
   *
   * @throws IOException saying what is too long
   */
  public static void check(DaemonConfig config) throws IOException {
    List<String> problems = problems(config);
    if (!problems.isEmpty()) {
      throw new IOException(String.join("; ", problems));
    }
  }

  private static void check(String key, Path socket, List<String> problems) {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > SocketFile.MAX_BYTES) {
      problems.add(
          "%s %s has %d bytes, the path of a socket may have %d"
              .formatted(key, socket, length, SocketFile.MAX_BYTES));
    }
  }
}
