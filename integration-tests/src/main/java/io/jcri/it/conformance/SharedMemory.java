package io.jcri.it.conformance;

import io.jcri.it.kit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The System V shared memory segments of this machine: critest makes some and leaves them. */
final class SharedMemory {
  private SharedMemory() {}

  /** Their rows: key, id, permissions, size, creator, last user, attachments, and more. */
  private static List<String[]> table() throws IOException {
    return Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
        .skip(1)
        .map(line -> line.strip().split("\\s+", -1))
        .toList();
  }

  static Set<String> segments() throws IOException {
    return table().stream().map(row -> row[1]).collect(Collectors.toSet());
  }

  /**
   * Removes the segments that were not there {@code before}, unless a process has them: they are
   * somebody else's, since what critest has started has ended.
   */
  static void removeSince(Set<String> before) throws IOException {
    for (String[] row : table()) {
      if (!before.contains(row[1]) && row[6].equals("0")) {
        Command.of("ipcrm", "-m", row[1]).run().orThrow();
      }
    }
  }
}
