package io.jcri.it.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What one runtime has lost over many rounds. */
final class PeerFigures {
  private final String name;
  private final Map<PeerFault, Integer> points = new EnumMap<>(PeerFault.class);
  private final Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
  private final Map<Fate, Integer> harmed = new EnumMap<>(Fate.class);
  private final Map<String, Integer> left = new TreeMap<>();
  private final List<Duration> answered = new ArrayList<>();
  private LogCount lines = LogCount.NONE;
  private Duration slowest = Duration.ZERO;
  private int pods;
  private int unmade;
  private int givenUp;
  private int late;
  private int stuck;
  private int unstarted;

  PeerFigures(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void point(PeerFault fault) {
    points.merge(fault, 1, Integer::sum);
  }

  int points(PeerFault fault) {
    return points.getOrDefault(fault, 0);
  }

  /** Adds how long it took from a kill to an answer. */
  void answered(Duration took) {
    answered.add(took);
  }

  void pod(PodCourse course) {
    pods++;
    unmade += course.isMade() ? 0 : 1;
    givenUp += course.complaints().isEmpty() ? 0 : 1;
    late += course.isRemoved() ? 0 : 1;
    unstarted += course.unstarted().size();
    slowest = slowest.compareTo(course.slowestAnswer()) < 0 ? course.slowestAnswer() : slowest;
  }

  /**
   * @param wasHarmed whether its shim was killed before it had ended
   */
  void container(Fate fate, boolean wasHarmed, LogCount log) {
    fates.merge(fate, 1, Integer::sum);
    if (wasHarmed) {
      harmed.merge(fate, 1, Integer::sum);
    }
    lines = lines.plus(log);
  }

  /** Adds pods that are still there in the end, however they are removed. */
  void stuck(int count) {
    stuck += count;
  }

  /** Adds what was left behind, each beginning with its kind. */
  void left(Collection<String> things) {
    for (String thing : things) {
      String kind = thing.substring(0, thing.indexOf(' ')).toLowerCase(Locale.ROOT);
      left.merge(kind.replace('_', ' '), 1, Integer::sum);
    }
  }

  int of(Fate fate) {
    return fates.getOrDefault(fate, 0);
  }

  int ofHarmed(Fate fate) {
    return harmed.getOrDefault(fate, 0);
  }

  int containers() {
    return fates.values().stream().mapToInt(Integer::intValue).sum();
  }

  int harmed() {
    return harmed.values().stream().mapToInt(Integer::intValue).sum();
  }

  LogCount lines() {
    return lines;
  }

  int pods() {
    return pods;
  }

  /** Pods that never had a sandbox. */
  int unmade() {
    return unmade;
  }

  /** Pods of which some step did not come to its end as long as it was tried. */
  int givenUp() {
    return givenUp;
  }

  /** Pods that were not removed as long as that was tried. */
  int late() {
    return late;
  }

  int stuck() {
    return stuck;
  }

  /** Containers that did not start however often it was tried. */
  int unstarted() {
    return unstarted;
  }

  Map<String, Integer> left() {
    return left;
  }

  Duration slowestAnswer() {
    return slowest;
  }

  /** From the kill of a daemon until it answers, the shortest first. */
  List<Duration> answered() {
    return answered.stream().sorted().toList();
  }

  /** Whether nothing was lost without a word, and nothing left. */
  boolean isClean() {
    return of(Fate.SILENT)
                + of(Fate.AS_255)
                + of(Fate.UNTOLD)
                + of(Fate.REASON_LOST)
                + of(Fate.KILLED_ALONG)
            == 0
        && lines.lost() + lines.doubled() == 0
        && givenUp + stuck + unstarted == 0
        && left.isEmpty();
  }
}
