package io.jcri.daemon.cli;

import io.jcri.daemon.admin.PullMessages.Layer;
import io.jcri.daemon.admin.PullMessages.Progress;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.daemon.system.Sizes;
import java.util.ArrayList;
import java.util.List;

/**
 * How a pull goes on, on a terminal: a bar for each layer, drawn again in the same place, and one
 * for all. Lines have at most 79 columns. Not thread-safe.
 */
final class PullBars {
  /** More do not fit a terminal: those that are done leave first. */
  private static final int MOST = 16;

  private static final int WIDTH = 20;

  /** ECMA-48. */
  private static final String ERASE = "\r\u001b[K";

  private int drawn;

  /** What to print. */
  String next(Progress progress) {
    List<String> lines = new ArrayList<>();
    for (Layer layer : shown(progress.layers())) {
      lines.add(
          line(
              ShortId.of(layer.digest()),
              layer.received(),
              layer.total(),
              layer.rate(),
              layer.done()));
    }
    if (!lines.isEmpty()) {
      lines.add(all(progress));
    }
    progress.id().ifPresent(id -> lines.add("pulled " + progress.reference() + " " + id));
    StringBuilder out = new StringBuilder();
    if (drawn > 0) {
      // Cursor up.
      out.append("\u001b[%dA".formatted(drawn));
    }
    lines.forEach(line -> out.append(ERASE).append(line).append('\n'));
    // A pull never has fewer layers than before, and so never fewer lines.
    drawn = lines.size();
    return out.toString();
  }

  private static List<Layer> shown(List<Layer> layers) {
    int tooMany = layers.size() - MOST;
    List<Layer> shown = new ArrayList<>();
    for (Layer layer : layers) {
      if (tooMany > 0 && layer.done()) {
        tooMany--;
      } else {
        shown.add(layer);
      }
    }
    return shown.subList(0, Math.min(MOST, shown.size()));
  }

  private static String all(Progress progress) {
    List<Layer> layers = progress.layers();
    long done = layers.stream().filter(Layer::done).count();
    return line(
        "%d of %d".formatted(done, layers.size()),
        layers.stream().mapToLong(Layer::received).sum(),
        layers.stream().mapToLong(Layer::total).sum(),
        layers.stream().mapToLong(Layer::rate).sum(),
        done == layers.size());
  }

  private static String line(String name, long received, long total, long rate, boolean done) {
    int full = total == 0 ? 0 : (int) (WIDTH * received / total);
    String bar = "=".repeat(full) + (full < WIDTH ? ">" : "");
    String end =
        done
            ? "done"
            : received == total ? "unpacking" : Sizes.of(rate) + "/s" + eta(received, total, rate);
    return "%-12s [%-20s] %8s / %-8s %s"
        .formatted(name, bar, Sizes.of(received), Sizes.of(total), end);
  }

  /** Nothing when it stands still. */
  private static String eta(long received, long total, long rate) {
    if (rate == 0) {
      return "";
    }
    long seconds = (total - received + rate - 1) / rate;
    return seconds < 3600
        ? "  ETA %d:%02d".formatted(seconds / 60, seconds % 60)
        : "  ETA %d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }
}
