package io.jcri.it.soak;

import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What the samples of one or more runs say: how each thing grew, and whether that is too much. */
final class SoakReport {
  /** Percent of a processor that a daemon at rest may need more than it did at the beginning. */
  private static final double MORE_AT_REST = 1;

  private final PrintStream out;

  SoakReport(PrintStream out) {
    this.out = out;
  }

  /** Prints it. Returns whether nothing grows and nothing went wrong. */
  boolean tell(List<Piece> pieces) {
    boolean good = true;
    for (Piece piece : pieces) {
      good &= tell(piece);
    }
    out.printf(
        Locale.ROOT,
        "%d runs, %.1f hours, %.0f cycles: %s%n",
        pieces.size(),
        pieces.stream().mapToDouble(Piece::seconds).sum() / 3600,
        pieces.stream().mapToDouble(Piece::cycles).sum(),
        good ? "nothing grows" : "not good");
    return good;
  }

  private boolean tell(Piece piece) {
    List<JsonObject> warm = piece.warm();
    out.printf(
        Locale.ROOT,
        "%s: %.0f minutes, %.0f cycles, %.0f wrong%n",
        piece.name(),
        piece.seconds() / 60,
        piece.cycles(),
        piece.wrong());
    out.printf("  %-12s %10s %10s %12s %12s%n", "", "early", "late", "/100 cycles", "/hour");
    boolean good = piece.wrong() == 0;
    for (Limit limit : Limit.ALL) {
      if (!Growth.isKnown(warm, limit.name())) {
        out.printf("  %-12s too few samples%n", limit.name());
        continue;
      }
      Growth growth = Growth.of(warm, limit.name());
      boolean grows = growth.perHundred() > limit.perHundred();
      good &= !grows;
      out.printf(
          Locale.ROOT,
          "  %-12s %10.1f %10.1f %12.3f %12.2f  %s%s%n",
          limit.name(),
          growth.early(),
          growth.late(),
          growth.perHundred(),
          growth.perHour(),
          limit.unit(),
          grows ? "  GROWS, may by " + limit.perHundred() : "");
    }
    boolean rests = tellOfRest(piece);
    return good && rests;
  }

  private boolean tellOfRest(Piece piece) {
    List<Double> rests =
        piece.samples().stream()
            .map(sample -> Piece.value(sample, "cpu_at_rest"))
            .filter(OptionalDouble::isPresent)
            .map(OptionalDouble::getAsDouble)
            .toList();
    if (rests.size() < 2) {
      return true;
    }
    out.printf(
        Locale.ROOT,
        "  at rest the daemon needs %.2f %% of a processor, then %.2f %%%n",
        rests.getFirst(),
        rests.getLast());
    return rests.getLast() <= rests.getFirst() + MORE_AT_REST;
  }
}
