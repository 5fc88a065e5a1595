package io.jcri.it.bench;

import io.jcri.it.bench.Load.Turn;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Prints what came of loads, and whether it is what the design grants. */
final class LoadTable {
  private static final String COLUMN = " %24s";
  private static final String LABEL = "%-30s";

  /** Of a pod's way up, p99, against the other runtime's. */
  private static final double RATIO = 0.6;

  private static final double LONGEST_CALL_SECONDS = 10;
  private static final int ERRORS = 5;

  private final PrintStream out;
  private final Map<String, List<Turn>> turns;

  /**
   * A table.
   *
   * @param turns of each runtime, ours first
   */
  LoadTable(PrintStream out, Map<String, List<Turn>> turns) {
    this.out = out;
    this.turns = turns;
  }

  /** Prints all of it. */
  void print() {
    head("s, median of turns (range)");
    wave("up", Turn::up);
    wave("down", Turn::down);
    head("s by call, p50 p99 longest");
    calls(Turn::up);
    calls(Turn::down);
    turns.forEach((name, all) ->
        all.stream()
            .flatMap(turn -> Stream.of(turn.up(), turn.down()))
            .flatMap(wave -> wave.errors().stream())
            .distinct()
            .limit(ERRORS)
            .forEach(error -> out.println("note: " + name + ": " + error)));
    verdicts();
  }

  private void head(String title) {
    out.printf(LABEL, title);
    turns.keySet().forEach(name -> out.printf(COLUMN, name));
    out.println();
  }

  private void wave(String way, Function<Turn, Wave> of) {
    line("pod " + way + ", p50", turn -> of.apply(turn).pods().median() / 1000);
    line("pod " + way + ", p99", turn -> of.apply(turn).pods().p99() / 1000);
    line("pod " + way + ", longest", turn -> of.apply(turn).pods().most() / 1000);
    line("all " + way, turn -> of.apply(turn).all() / 1000);
    line("longest call", turn -> of.apply(turn).longestCall() / 1000);
    line("pods that failed", turn -> of.apply(turn).errors().size());
  }

  private void line(String label, ToDoubleFunction<Turn> figure) {
    out.printf(LABEL, label);
    for (List<Turn> all : turns.values()) {
      Samples samples = samples(all, figure);
      out.printf(
          COLUMN,
          samples.isEmpty()
              ? "-"
              : text("%.2f (%.2f to %.2f)", samples.median(), samples.least(), samples.most()));
    }
    out.println(ratio(figure).map(ratio -> text("  ratio %.2f", ratio)).orElse(""));
  }

  private void calls(Function<Turn, Wave> of) {
    Set<String> names = new LinkedHashSet<>();
    for (List<Turn> all : turns.values()) {
      all.forEach(turn -> names.addAll(of.apply(turn).calls().keySet()));
    }
    for (String name : names) {
      out.printf(LABEL, name);
      for (List<Turn> all : turns.values()) {
        Samples samples = new Samples();
        all.forEach(turn ->
            Optional.ofNullable(of.apply(turn).calls().get(name)).ifPresent(samples::addAll));
        out.printf(
            COLUMN,
            samples.isEmpty()
                ? "-"
                : text(
                    "%.2f %.2f %.2f",
                    samples.median() / 1000, samples.p99() / 1000, samples.most() / 1000));
      }
      out.println();
    }
  }

  private void verdicts() {
    List<Turn> ours = turns.values().iterator().next();
    if (ours.isEmpty()) {
      return;
    }
    double longest =
        ours.stream()
            .mapToDouble(turn -> Math.max(turn.up().longestCall(), turn.down().longestCall()))
            .max()
            .orElseThrow();
    verdict("longest call of all turns, s", longest / 1000, LONGEST_CALL_SECONDS);
    ratio(turn -> turn.up().pods().p99())
        .ifPresent(ratio -> verdict("pod up, p99, ratio", ratio, RATIO));
  }

  private void verdict(String what, double value, double budget) {
    String verdict = value <= budget ? "met" : "MISSED";
    out.println(text(LABEL + " %.2f <= %.2f %s", what, value, budget, verdict));
  }

  /** Of the medians of ours and the other's turns, where there is another. */
  private Optional<Double> ratio(ToDoubleFunction<Turn> figure) {
    List<Samples> medians = turns.values().stream().map(all -> samples(all, figure)).toList();
    if (medians.size() < 2 || medians.stream().anyMatch(Samples::isEmpty)) {
      return Optional.empty();
    }
    return Optional.of(medians.get(0).median() / medians.get(1).median()).filter(Double::isFinite);
  }

  private static Samples samples(List<Turn> turns, ToDoubleFunction<Turn> figure) {
    Samples samples = new Samples();
    turns.stream().mapToDouble(figure).forEach(samples::add);
    return samples;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
