package io.jcri.it.bench;

import io.jcri.it.kit.Command;
import java.io.IOException;
import java.util.List;

/** Pulls from a registry of this machine; what was pulled is removed again. */
final class Pulls {
  private Pulls() {}

  static void rounds(List<Rival> rivals, BenchImages images, int large, int small)
      throws IOException {
    for (Rival rival : rivals) {
      rival.pull(images.small());
      rival.removeImage(images.small());
    }
    for (int i = 0; i < small; i++) {
      for (Rival rival : rivals) {
        pull(rival, images.small(), Figure.PULL_SMALL);
      }
    }
    for (int i = 0; i < large; i++) {
      for (Rival rival : rivals) {
        pull(rival, images.large(), Figure.PULL_LARGE);
      }
    }
  }

  private static void pull(Rival rival, String image, Figure figure) throws IOException {
    Command.of("sync").run(); // or the writes of the round before are paid for here
    long begin = System.nanoTime();
    rival.pull(image);
    rival.figures().of(figure).add((System.nanoTime() - begin) / 1e9);
    rival.removeImage(image);
  }
}
