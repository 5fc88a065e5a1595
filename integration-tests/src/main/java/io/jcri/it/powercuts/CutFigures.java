package io.jcri.it.powercuts;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The counts of a run. For one thread. */
final class CutFigures {
  int cuts;
  long blocksKept;
  long blocksLost;

  /** Images that were there for sure, and how many of them were. */
  int promised;

  int kept;

  /** Images that were being pulled or removed. */
  int underWay;

  /** Layers that were compared, their files, and how many of these were wrong. */
  int layers;

  /** Those of them that no image needed yet. */
  int unneeded;

  long files;
  long wrongFiles;

  /** Containers that have compared their own files. */
  int proofs;

  /** Pods and containers of before, and those of them whose record the cut has torn. */
  int pods;

  int containers;
  int unknown;

  /** Images that were pulled again though they had been interrupted, their layers, and requests. */
  int pulledAgain;

  int layersOfThese;
  int layersFetched;

  private Duration slowest = Duration.ZERO;
  private Duration all = Duration.ZERO;
  private final List<Long> bad = new ArrayList<>();

  void booted(Duration took) {
    all = all.plus(took);
    if (took.compareTo(slowest) > 0) {
      slowest = took;
    }
  }

  void bad(long seed) {
    bad.add(seed);
  }

  boolean isClean() {
    return bad.isEmpty();
  }

  /** Prints the table. */
  void print(PrintStream out, String fileSystem) {
    out.printf("%8d power cuts, on %s%n", cuts, fileSystem);
    out.printf("%8d blocks without a flush were kept, %d lost%n", blocksKept, blocksLost);
    out.printf("%8d images were there, %d kept%n", promised, kept);
    out.printf("%8d images were being pulled or removed%n", underWay);
    out.printf(
        "%8d layers compared, %d of them of images that were not whole: %d files, %d wrong%n",
        layers, unneeded, files, wrongFiles);
    out.printf("%8d containers compared their files themselves%n", proofs);
    out.printf(
        "%8d pods and %d containers of before, %d of these with a torn record%n",
        pods, containers, unknown);
    out.printf(
        "%8d interrupted images pulled again: %d of %d layers fetched%n",
        pulledAgain, layersFetched, layersOfThese);
    out.printf(
        "%8.1f s to ready at the slowest, %.2f s on average%n",
        slowest.toMillis() / 1e3, all.toMillis() / 1e3 / Math.max(1, cuts));
    out.printf(
        "%8d rounds with something lost, wrong or left%s%n",
        bad.size(), bad.isEmpty() ? "" : ": seeds " + bad);
  }
}
