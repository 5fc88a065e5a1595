package io.jcri.daemon.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The counters of one network interface (proc_pid_net(5), {@code dev}).
 *
 * @param name such as {@code eth0}
 */
public record NetworkFigures(
    String name, long receivedBytes, long receiveErrors, long sentBytes, long sendErrors) {
  private static final int RECEIVED_BYTES = 0;
  private static final int RECEIVE_ERRORS = 2;
  private static final int SENT_BYTES = 8;
  private static final int SEND_ERRORS = 10;
  private static final int FIELDS = 16;

  /**
   * Every interface in the network namespace of a process, loopback left out; none when the process
   * has ended.
   */
  static List<NetworkFigures> of(int pid) throws IOException {
    try {
      return parse(Files.readAllLines(Path.of("/proc", String.valueOf(pid), "net", "dev")));
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Two lines of headings, then {@code name: 8 counters received, 8 sent}. */
  static List<NetworkFigures> parse(List<String> lines) {
    List<NetworkFigures> interfaces = new ArrayList<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String name = line.substring(0, colon).strip();
      String[] counters = line.substring(colon + 1).strip().split("\\s+", -1);
      if (counters.length >= FIELDS && !name.equals("lo")) {
        interfaces.add(
            new NetworkFigures(
                name,
                Long.parseUnsignedLong(counters[RECEIVED_BYTES]),
                Long.parseUnsignedLong(counters[RECEIVE_ERRORS]),
                Long.parseUnsignedLong(counters[SENT_BYTES]),
                Long.parseUnsignedLong(counters[SEND_ERRORS])));
      }
    }
    return interfaces;
  }
}
