package io.jcri.daemon.check;

import java.io.IOException;
import java.util.List;

/** What the kernel swaps to. */
final class Swap {
  private Swap() {}

  /** Files and devices, of the lines behind the head of /proc/swaps. */
  static List<String> areas(CheckedNode node) throws IOException {
    return node.text("proc/swaps")
        .orElse("")
        .lines()
        .skip(1)
        .map(line -> line.split("\\s+", 2)[0])
        .filter(name -> !name.isEmpty())
        .toList();
  }
}
