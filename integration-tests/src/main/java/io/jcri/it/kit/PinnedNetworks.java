package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The network namespace without a network that gVisor's runsc pins in the folder of its states, for
 * the file servers of all its containers. It stays when these go, and nobody but the one who gave
 * runsc the folder takes it away.
 */
public final class PinnedNetworks {
  private static final String NAME = "/null-netns";

  private PinnedNetworks() {}

  /** Whether a line of {@code mountinfo} tells of one. */
  public static boolean isOne(String line) {
    return mountPoint(line).endsWith(NAME);
  }

  /** Takes away all below a folder; there may be several at one place. */
  static void unmountBelow(Path folder) throws IOException {
    List<String> places =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .filter(PinnedNetworks::isOne)
            .map(PinnedNetworks::mountPoint)
            .filter(place -> Path.of(place).startsWith(folder))
            .toList();
    for (String place : places) {
      Command.of("umount", place).run().orThrow();
    }
  }

  private static String mountPoint(String line) {
    return line.split(" ", -1)[4];
  }
}
