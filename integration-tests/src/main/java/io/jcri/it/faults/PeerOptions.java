package io.jcri.it.faults;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a comparison was asked for.
 *
 * @param kinds the runtimes, in their order
 * @param seed of the first round; the next ones count up
 * @param points how often something is broken with each runtime
 */
record PeerOptions(List<PeerKind> kinds, long seed, int points) {
  static final String USAGE =
      """
      usage: faults --peer containerd [--points N] [--seed N] [--only jcri|containerd]

      --peer    kills the daemons and shims of jcri and of this runtime, one after the other, by the
                same seeds, and counts what each has lost; containerd 2 is the one on the path or
                that JCRI_CONTAINERD names
      --points  how often something is killed with each: half of them the daemon, a quarter a shim,
                a quarter both (default: 200)
      --seed    of the first round (default: 1)
      --only    one of the two
      """;

  private static final int DEFAULT_POINTS = 200;

  PeerOptions {
    kinds = List.copyOf(kinds);
  }

  /**
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static PeerOptions parse(String... arguments) {
    List<PeerKind> kinds = new ArrayList<>(List.of(PeerKind.JCRI));
    long seed = 1;
    int points = DEFAULT_POINTS;
    for (Iterator<String> rest = List.of(arguments).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException("no value for " + option);
      }
      String value = rest.next();
      switch (option) {
        case "--peer" -> kinds.add(kind(value));
        case "--only" -> kinds = new ArrayList<>(List.of(kind(value)));
        case "--seed" -> seed = Long.parseLong(value);
        case "--points" -> points = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    return new PeerOptions(kinds, seed, points);
  }

  private static PeerKind kind(String name) {
    return PeerKind.named(name)
        .orElseThrow(() -> new IllegalArgumentException("no such runtime: " + name));
  }
}
