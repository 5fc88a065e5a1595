package io.jcri.it.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Prints what was measured: our figures, the budget, and those of the other runtime beside them.
 */
final class Table {
  private static final String LINE = "%-44s %18s %12s %-7s %18s %6s%n";

  private final PrintStream out;

  Table(PrintStream out) {
    this.out = out;
  }

  /** Prints a line for each figure that was measured, medians with the 90th percentile. */
  void figures(Figures ours, Optional<Rival> other) {
    out.printf(
        LINE,
        "median (p90)",
        "jcri",
        "budget",
        "",
        other.map(Rival::name).orElse(""),
        other.isPresent() ? "ratio" : "");
    for (Figure figure : Figure.values()) {
      Optional<Samples> mine = ours.get(figure);
      Optional<Samples> theirs = other.flatMap(rival -> rival.figures().get(figure));
      if (mine.isPresent() || theirs.isPresent()) {
        out.printf(
            LINE,
            figure.label,
            mine.map(samples -> text(figure, samples)).orElse("-"),
            figure.budget().map(value -> limit(figure, value)).orElse(""),
            mine.map(samples -> verdict(figure, samples)).orElse(""),
            theirs.map(samples -> text(figure, samples)).orElse(""),
            mine.isPresent() && theirs.isPresent()
                ? number(mine.get().median() / theirs.get().median())
                : "");
      }
    }
  }

  /** Prints the medians of the CRI calls that pods of each kind took, side by side. */
  void calls(List<Rival> rivals) {
    out.printf("%n%-16s %-18s", "ms by call", "");
    rivals.forEach(rival -> out.printf(" %12s", rival.name()));
    out.println();
    for (PodLife.Kind kind : PodLife.Kind.values()) {
      for (String call : rivals.getFirst().figures().calls(kind.name()).keySet()) {
        out.printf("%-16s %-18s", words(kind), call);
        for (Rival rival : rivals) {
          Samples samples = rival.figures().calls(kind.name()).get(call);
          out.printf(" %12s", samples == null ? "" : number(samples.median()));
        }
        out.println();
      }
    }
  }

  /** Prints the medians of the stages inside jcri's daemon, a line for each call. */
  void stages(Map<PodLife.Kind, Map<String, Map<String, Samples>>> kinds) {
    out.printf("%nms by stage, as jcri's daemon logs them%n");
    kinds.forEach((kind, calls) ->
        calls.forEach((call, stages) -> {
          Map<String, Samples> parts = new LinkedHashMap<>(stages);
          Samples all = parts.remove("all");
          List<String> texts = new ArrayList<>();
          parts.forEach((name, samples) -> texts.add(name + " " + number(samples.median())));
          out.printf(
              "%-16s %-18s %6s = %s%n",
              words(kind),
              call,
              all == null ? "" : number(all.median()),
              String.join(" + ", texts));
        }));
  }

  private static String verdict(Figure figure, Samples samples) {
    return figure.budget().isEmpty() ? "" : figure.met(samples.median()) ? "met" : "MISSED";
  }

  private static String limit(Figure figure, double value) {
    String sign = figure.unit.moreIsBetter() ? ">= " : "<= ";
    return sign + number(value) + " " + figure.unit.text;
  }

  private static String text(Figure figure, Samples samples) {
    String spread = samples.count() > 2 ? " (%s)".formatted(number(samples.p90())) : "";
    return number(samples.median()) + spread + " " + figure.unit.text;
  }

  private static String words(PodLife.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Two digits after the point only where they tell something. */
  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  }
}
