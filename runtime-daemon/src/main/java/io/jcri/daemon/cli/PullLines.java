package io.jcri.daemon.cli;

import io.jcri.daemon.admin.PullMessages.Layer;
import io.jcri.daemon.admin.PullMessages.Progress;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.daemon.system.Sizes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How a pull goes on, where lines only follow each other. Not thread-safe. */
final class PullLines {
  private final Set<String> told = new HashSet<>();

  /** What is new: a line for each layer that is done, and one for the end. */
  List<String> next(Progress progress) {
    List<String> lines = new ArrayList<>();
    if (!progress.layers().isEmpty() && told.add("")) {
      lines.add(
          "pulling %s: %d layer%s, %s"
              .formatted(
                  progress.reference(),
                  progress.layers().size(),
                  progress.layers().size() == 1 ? "" : "s",
                  Sizes.of(progress.layers().stream().mapToLong(Layer::total).sum())));
    }
    for (Layer layer : progress.layers()) {
      if (layer.done() && told.add(layer.digest())) {
        lines.add("layer %s: %s".formatted(ShortId.of(layer.digest()), Sizes.of(layer.total())));
      }
    }
    progress.id().ifPresent(id -> lines.add("pulled " + progress.reference() + " " + id));
    return lines;
  }
}
