package io.jcri.daemon.cli;

import io.jcri.daemon.check.Finding;
import io.jcri.daemon.check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Findings for people: a line each, the remedy below those that are not well, and how many there
 * are at the end.
 *
 * @param colours whether to set verdicts off by colours too
 */
record CheckTable(boolean colours) {
  private static final int VERDICT_WIDTH = 9;

  /** May be added to. */
  List<String> lines(List<Finding> findings) {
    int width = findings.stream().mapToInt(finding -> finding.name().length()).max().orElse(0) + 2;
    List<String> lines = new ArrayList<>();
    lines.add(pad("CHECK", width) + pad("RESULT", VERDICT_WIDTH) + "FOUND");
    for (Finding finding : findings) {
      lines.add(pad(finding.name(), width) + coloured(finding.verdict()) + oneLine(finding.seen()));
      finding
          .remedy()
          .ifPresent(what -> lines.add(" ".repeat(width + VERDICT_WIDTH) + "→ " + oneLine(what)));
    }
    lines.add("");
    lines.add(
        "%s, %s"
            .formatted(
                count(findings, Verdict.FAIL, "failure"),
                count(findings, Verdict.WARN, "warning")));
    return lines;
  }

  private static String count(List<Finding> findings, Verdict verdict, String what) {
    long count = findings.stream().filter(finding -> finding.verdict() == verdict).count();
    return (count == 0 ? "no" : Long.toString(count)) + " " + what + (count == 1 ? "" : "s");
  }

  private String coloured(Verdict verdict) {
    // Failures are to be found without colours, too.
    String word =
        verdict == Verdict.FAIL ? verdict.name() : verdict.name().toLowerCase(Locale.ROOT);
    String padded = pad(word, VERDICT_WIDTH);
    return switch (verdict) {
      case FAIL -> colour("31;1", padded);
      case WARN -> colour("33", padded);
      case OK -> colour("32", padded);
      case SKIPPED -> colour("2", padded);
    };
  }

  private String colour(String code, String text) {
    return colours ? "\033[" + code + "m" + text + "\033[0m" : text;
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ');
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}
