package io.jcri.it.conformance;

import io.jcri.it.kit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** The System V shared memory segments of this machine: critest makes some and leaves them. */
final class SharedMemory {
  private SharedMemory() {}

  static Set<String> segments() throws IOException {
    return Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
        .skip(1)
        .map(line -> line.strip().split("\\s+", -1)[1])
        .collect(Collectors.toSet());
  }

  /** Removes the segments that were not there {@code before}. */
  static void removeSince(Set<String> before) throws IOException {
    for (String segment : segments()) {
      if (!before.contains(segment)) {
        Command.of("ipcrm", "-m", segment).run().orThrow();
      }
    }
  }
}
