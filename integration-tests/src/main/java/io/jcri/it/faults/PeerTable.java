package io.jcri.it.faults;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The figures of several runtimes side by side, in Markdown. */
final class PeerTable {
  private final List<PeerFigures> columns;
  private final StringBuilder text = new StringBuilder();

  private PeerTable(List<PeerFigures> columns) {
    this.columns = columns;
  }

  static String of(List<PeerFigures> columns) {
    PeerTable table = new PeerTable(columns);
    table.build();
    return table.text.toString();
  }

  private void build() {
    row("", PeerFigures::name);
    text.append("| --- |").append(" --- |".repeat(columns.size())).append('\n');
    for (PeerFault fault : PeerFault.values()) {
      row(fault.toString(), each -> times(each.points(fault)));
    }
    row("containers that had started", each -> "" + each.containers());
    row("exit code and reason kept", each -> "" + each.of(Fate.KEPT));
    row("code kept, that memory ran out not told", each -> "" + each.of(Fate.REASON_LOST));
    row(
        "killed by the runtime with their shim, told as 137",
        each -> "" + each.of(Fate.KILLED_ALONG));
    row("lost, and the status says so", each -> "" + each.of(Fate.STATED));
    row("lost, and told as 255 with no further word", each -> "" + each.of(Fate.AS_255));
    row("lost silently: a wrong code, or no such container", each -> "" + each.of(Fate.SILENT));
    row("end not known, as the pod was given up", each -> "" + each.of(Fate.UNTOLD));
    row(
        "of those whose shim was killed: code and reason kept",
        each -> each.ofHarmed(Fate.KEPT) + " of " + each.harmed());
    row(
        "of those whose shim lived on: code and reason kept",
        each ->
            (each.of(Fate.KEPT) - each.ofHarmed(Fate.KEPT))
                + " of "
                + (each.containers() - each.harmed()));
    row("log lines written", each -> "" + each.lines().written());
    row("log lines missing where the log says so", each -> "" + each.lines().marked());
    row("log lines lost silently", each -> "" + each.lines().lost());
    row("log lines doubled or torn", each -> "" + each.lines().doubled());
    row("pods", each -> "" + each.pods());
    row("pods that were never made", each -> "" + each.unmade());
    row("containers that never started", each -> "" + each.unstarted());
    row("pods given up", each -> "" + each.givenUp());
    row("pods not removed in time", each -> "" + each.late());
    row("pods never removed, also after another restart", each -> "" + each.stuck());
    for (String kind :
        columns.stream()
            .flatMap(each -> each.left().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new))) {
      row("left behind: " + kind, each -> "" + each.left().getOrDefault(kind, 0));
    }
    row(
        "left behind, all",
        each -> "" + each.left().values().stream().mapToInt(Integer::intValue).sum());
    row("kill -9 of the daemon to an answer, median", each -> median(each.answered()));
    row(
        "kill -9 of the daemon to an answer, slowest",
        each -> each.answered().isEmpty() ? "" : seconds(each.answered().getLast()));
    row("slowest call that was answered", each -> seconds(each.slowestAnswer()));
  }

  private void row(String what, Function<PeerFigures, String> figure) {
    text.append("| ").append(what).append(" |");
    columns.forEach(each -> text.append(' ').append(figure.apply(each)).append(" |"));
    text.append('\n');
  }

  private static String times(int count) {
    return count + (count == 1 ? " time" : " times");
  }

  private static String median(List<Duration> sorted) {
    return sorted.isEmpty() ? "" : seconds(sorted.get(sorted.size() / 2));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
  }
}
