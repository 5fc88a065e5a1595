package io.jcri.it.soak;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws the samples of runs, one after another, as SVG that is readable on a light and a dark page.
 */
final class SoakPlot {
  private static final int WIDTH = 760;
  private static final int LEFT = 46;
  private static final int RIGHT = 130;
  private static final int HEIGHT = 120;
  private static final int GAP = 34;
  private static final int TOP = 26;

  /** More points than that nobody sees. */
  private static final int MOST_POINTS = 380;

  private record Line(String name, String label, String color) {}

  private record Panel(String title, List<Line> lines) {}

  private static final List<Panel> PANELS =
      List.of(
          new Panel(
              "memory in MiB",
              List.of(
                  new Line("rss_all", "RSS of all", "a"),
                  new Line("pss_all", "PSS of all", "b"),
                  new Line("rss_daemon", "RSS of the daemon", "c"),
                  new Line("pss_daemon", "PSS of the daemon", "d"),
                  new Line("heap", "live objects", "e"))),
          new Panel(
              "of the daemon",
              List.of(
                  new Line("fds_daemon", "file descriptors", "a"),
                  new Line("threads", "threads", "c"))),
          new Panel(
              "in the kernel's tables",
              List.of(new Line("mounts", "mounts", "a"), new Line("cgroups", "cgroups", "c"))));

  private final StringBuilder svg = new StringBuilder();
  private final List<Piece> pieces;
  private final double hours;

  private SoakPlot(List<Piece> pieces) {
    this.pieces = pieces;
    this.hours = Math.max(pieces.stream().mapToDouble(Piece::seconds).sum() / 3600, 1e-3);
  }

  /** The picture of at least one run. */
  static String of(List<Piece> pieces) {
    return new SoakPlot(pieces).draw();
  }

  private String draw() {
    int height = TOP + PANELS.size() * (HEIGHT + GAP);
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">
        <style>
        text{fill:#444}.g{stroke:#8884;fill:none}polyline{fill:none;stroke-width:1.3}
        .a{stroke:#0969da}.b{stroke:#54aeff}.c{stroke:#bc4c00}.d{stroke:#e09b13}.e{stroke:#1a7f37}
        text.a,text.b,text.c,text.d,text.e{stroke:none}
        text.a{fill:#0969da}text.b{fill:#218bff}text.c{fill:#bc4c00}text.d{fill:#9a6700}text.e{fill:#1a7f37}
        @media (prefers-color-scheme:dark){text{fill:#bbb}.a{stroke:#58a6ff}.c{stroke:#f0883e}.e{stroke:#3fb950}
        text.a{fill:#58a6ff}text.b{fill:#79c0ff}text.c{fill:#f0883e}text.d{fill:#e3b341}text.e{fill:#3fb950}}
        </style>
        """
            .formatted(WIDTH, height));
    text(
        LEFT,
        14,
        "",
        "%,.0f pods up and down in %.1f hours, 1,000 ended containers kept"
            .formatted(pieces.stream().mapToDouble(Piece::cycles).sum(), hours));
    int top = TOP;
    for (Panel panel : PANELS) {
      draw(panel, top + 12);
      top += HEIGHT + GAP;
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(Panel panel, int top) {
    double most = panel.lines().stream().mapToDouble(line -> most(line.name())).max().orElse(1);
    double step = step(most);
    double scale = HEIGHT / (Math.ceil(most / step) * step);
    for (double value = 0; value <= most + step; value += step) {
      double y = top + HEIGHT - value * scale;
      if (y < top - 0.5) {
        break;
      }
      put("<path class=\"g\" d=\"M%d %.1fH%d\"/>%n", LEFT, y, WIDTH - RIGHT);
      text(LEFT - 6, y + 4, " text-anchor=\"end\"", "%.0f".formatted(value));
    }
    text(LEFT, top - 4, "", panel.title());
    text(WIDTH - RIGHT, top + HEIGHT + 13, " text-anchor=\"end\"", "%.1f hours".formatted(hours));
    double lastLabel = Double.NEGATIVE_INFINITY;
    List<Line> fromTop = new ArrayList<>(panel.lines());
    fromTop.sort((one, other) -> Double.compare(last(other.name()), last(one.name())));
    for (Line line : fromTop) {
      double y = top + HEIGHT - last(line.name()) * scale + 4;
      y = Math.max(y, lastLabel + 13);
      lastLabel = y;
      text(WIDTH - RIGHT + 8, y, " class=\"%s\"".formatted(line.color()), line.label());
      lines(line, top, scale);
    }
  }

  /** A line for each run, since nothing is known between them. */
  private void lines(Line line, int top, double scale) {
    double offset = 0;
    for (Piece piece : pieces) {
      double begin = piece.samples().getFirst().get("seconds").getAsDouble();
      List<String> points = new ArrayList<>();
      int every = 1 + piece.samples().size() * pieces.size() / MOST_POINTS;
      int number = 0;
      for (JsonObject sample : piece.samples()) {
        if (!sample.has(line.name()) || number++ % every != 0) {
          continue;
        }
        double at = (offset + sample.get("seconds").getAsDouble() - begin) / 3600 / hours;
        double y = top + HEIGHT - sample.get(line.name()).getAsDouble() * scale;
        points.add("%.1f,%.1f".formatted(LEFT + at * (WIDTH - LEFT - RIGHT), y));
      }
      put("<polyline class=\"%s\" points=\"%s\"/>%n", line.color(), String.join(" ", points));
      offset += piece.seconds();
    }
  }

  private double most(String name) {
    return pieces.stream()
        .flatMap(piece -> piece.samples().stream())
        .mapToDouble(sample -> Piece.value(sample, name).orElse(0))
        .max()
        .orElse(1);
  }

  private double last(String name) {
    return pieces.getLast().samples().stream()
        .mapToDouble(sample -> Piece.value(sample, name).orElse(0))
        .filter(value -> value > 0)
        .reduce(0, (_, next) -> next);
  }

  /** 1, 2 or 5 times a power of ten, so that there are some four lines. */
  private static double step(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(most / 4, 1))));
    double times = most / 4 / power;
    return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
  }

  private void text(int x, double y, String attributes, String text) {
    put("<text x=\"%d\" y=\"%.1f\"%s>%s</text>%n", x, y, attributes, text);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  private void put(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
