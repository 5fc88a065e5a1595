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
public record NetworkFigures(String name, Direction received, Direction sent) {
  private static final int SENT = 8;
  private static final int FIELDS = 16;

  /**
   * One direction's counters.
   *
   * @param dropped packets that there was no room for
   */
  public record Direction(long bytes, long packets, long errors, long dropped) {
    private static Direction parse(String[] counters, int first) {
      return new Direction(
          Long.parseUnsignedLong(counters[first]),
          Long.parseUnsignedLong(counters[first + 1]),
          Long.parseUnsignedLong(counters[first + 2]),
          Long.parseUnsignedLong(counters[first + 3]));
    }
  }

  /**
   * Every interface in the network namespace of a process, loopback left out; none when the process
   * has ended.
   */
  static List<NetworkFigures> of(int pid) throws IOException {
    try {
      return parse(Files.readAllLines(Path.of("/proc", String.valueOf(pid), "net", "dev")));
    } catch (IOException e) {
      if (ended(e)) {
        return List.of();
      }
      throw e;
    }
  }

  /** A process may end before the file is opened, while it is, or before it is read. */
  private static boolean ended(IOException e) {
    String why = String.valueOf(e.getMessage());
    return e instanceof NoSuchFileException
        || why.endsWith("No such device or address")
        || why.endsWith("No such process");
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
                name, Direction.parse(counters, 0), Direction.parse(counters, SENT)));
      }
    }
    return interfaces;
  }
}
