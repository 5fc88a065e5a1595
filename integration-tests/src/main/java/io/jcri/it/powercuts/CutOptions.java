package io.jcri.it.powercuts;

import java.util.Iterator;
import java.util.List;

/**
 * What the machine was asked for.
 *
 * @param cuts how many
 * @param seed of the first; the next ones count up
 * @param fileSystem of the disk
 */
record CutOptions(int cuts, long seed, String fileSystem) {
  static final String USAGE =
      """
      usage: powercuts [--cuts N] [--seed N] [--fs TYPE]

      --cuts  how many times the power goes (default: 50)
      --seed  of the first cut; the same seed does the same work and cuts at the same moment, as far
              as clocks let it (default: by the time of day)
      --fs    of the disk: ext4 (the default), xfs or btrfs
      """;

  private static final int DEFAULT_CUTS = 50;

  /**
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static CutOptions parse(String... arguments) {
    int cuts = DEFAULT_CUTS;
    long seed = System.currentTimeMillis() / 1000 % 1_000_000 * 1000;
    String fileSystem = "ext4";
    for (Iterator<String> rest = List.of(arguments).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException("no value for " + option);
      }
      String value = rest.next();
      switch (option) {
        case "--cuts" -> cuts = Integer.parseInt(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--fs" -> {
          if (!List.of("ext4", "xfs", "btrfs").contains(value)) {
            throw new IllegalArgumentException("no such file system: " + value);
          }
          fileSystem = value;
        }
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    return new CutOptions(cuts, seed, fileSystem);
  }
}
