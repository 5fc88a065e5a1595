package io.jcri.it.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * The program behind {@code scripts/faults}. Its last lines are the counts of faults by kind, and
 * of rounds with something lost or left; it ends with 0 only when there is none of these.
 */
public final class FaultRun {
  private static final Duration LIMIT = Duration.ofSeconds(400);
  private static final int LOG_LINES = 60;

  /** How many faults a round may have beside its first. */
  private static final int MORE = 3;

  private final FaultNode node;
  private Judge judge;
  private final List<Faults> kinds;
  private final PrintStream out;
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<Long> bad = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int containers;
  private long stated;
  private int rounds;

  /**
   * @param out is told of each round
   */
  FaultRun(FaultNode node, List<Faults> kinds, PrintStream out) throws IOException {
    this.node = node;
    this.judge = new Judge(node);
    this.kinds = List.copyOf(kinds);
    this.out = out;
  }

  /** Runs; see {@link FaultOptions#USAGE}. */
  public static void main(String... line) throws IOException, InterruptedException {
    if (List.of(line).contains("--help")) {
      System.out.print(FaultOptions.USAGE);
      return;
    }
    FaultOptions options;
    List<Faults> kinds;
    try {
      options = FaultOptions.parse(line);
      kinds = options.kinds();
    } catch (IllegalArgumentException e) {
      System.err.println("faults: " + e.getMessage() + "\n" + FaultOptions.USAGE);
      System.exit(2);
      return;
    }
    List<String> wrong = run(options, kinds, System.out);
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  /**
   * Runs rounds on a node of its own; returns what was lost or left, with the seed of its round.
   */
  static List<String> run(FaultOptions options, List<Faults> kinds, PrintStream out)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + options.time().toNanos();
    try (FaultNode node = FaultNode.start()) {
      warmUp(node);
      FaultRun run = new FaultRun(node, kinds, out);
      for (int i = 0; i < options.rounds() && System.nanoTime() - deadline < 0; i++) {
        run.round(options.seed() + i);
      }
      run.summary();
      return run.wrong;
    }
  }

  /** What a daemon makes with its first pod, and keeps, is no leak. */
  private static void warmUp(FaultNode node) throws InterruptedException {
    PodCourse course = new PodCourse(node, "warm-up", 0);
    Thread.ofVirtual().start(course).join();
    if (!course.complaints().isEmpty()) {
      throw new IllegalStateException("before any fault: " + course.complaints());
    }
  }

  private void round(long seed) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long log = Files.size(node.daemon().log());
    Random random = new Random(seed);
    random.nextLong(); // near seeds begin alike
    Excuses excuses = new Excuses();
    AtomicBoolean atWork = new AtomicBoolean(true);
    List<Strike> strikes = new ArrayList<>();
    for (Faults kind : Faults.pickSome(kinds, random, random.nextInt(MORE + 1))) {
      strikes.add(new Strike(kind, random.nextLong(), node, excuses, atWork::get));
    }
    List<PodCourse> pods = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      pods.add(new PodCourse(node, "pod-%d-%d".formatted(seed, i), random.nextLong()));
    }
    List<Course> courses = new ArrayList<>(pods);
    if (random.nextInt(3) == 0
        || strikes.stream().anyMatch(strike -> strike.kind().contains("pull"))) {
      courses.add(new ImageCourse(node, "image-" + seed, random.nextLong()));
    }
    strikeAll(strikes, courses, atWork);
    List<String> wrong = new ArrayList<>();
    strikes.forEach(strike -> strike.failure().ifPresent(wrong::add));
    if (excuses.isAnythingUnrecorded()) {
      node.removeEverything(); // what no record tells the pod of
    }
    if (!node.daemon().process().isAlive()) {
      wrong.add("the daemon has ended by itself");
      node.daemon().start();
    }
    wrong.addAll(judge.look(excuses, pods, courses));
    containers += pods.stream().mapToInt(course -> course.containers().size()).sum();
    stated +=
        pods.stream()
            .flatMap(course -> course.containers().stream())
            .filter(ContainerCourse::isStatedLoss)
            .count();
    strikes.stream()
        .filter(Strike::counts)
        .forEach(strike -> counts.merge(strike.kind(), 1, Integer::sum));
    rounds++;
    out.printf(
        "%s seed %d: %s; %d pods, %d errors, %.1f s%n",
        wrong.isEmpty() ? "ok  " : "BAD ",
        seed,
        strikes.stream().map(Strike::toString).collect(Collectors.joining(" + ")),
        count,
        courses.stream().mapToInt(course -> course.errors().size()).sum(),
        (System.nanoTime() - begin) / 1e9);
    if (!wrong.isEmpty()) {
      bad.add(seed);
      wrong.forEach(each -> this.wrong.add("seed %d: %s".formatted(seed, each)));
      tell(wrong, courses, log);
      node.removeEverything();
      judge = new Judge(node); // what is left now is not the next round's
    }
  }

  /** Breaks everything while the clients are at work, and waits for all of them. */
  private void strikeAll(List<Strike> strikes, List<Course> courses, AtomicBoolean atWork)
      throws IOException, InterruptedException {
    for (Strike strike : strikes) {
      strike.prepare();
    }
    List<Thread> clients =
        courses.stream().map(course -> Thread.ofVirtual().start(course)).toList();
    List<Thread> strikers = strikes.stream().map(Strike::begin).toList();
    for (Thread client : clients) {
      if (!client.join(LIMIT)) {
        client.interrupt();
        client.join(Duration.ofSeconds(5));
      }
    }
    atWork.set(false);
    for (Thread striker : strikers) {
      striker.join();
    }
    for (Strike strike : strikes) {
      strike.settle();
    }
    node.gates().open();
  }

  private void tell(List<String> wrong, List<Course> courses, long log) throws IOException {
    wrong.forEach(each -> out.println("    " + each));
    courses.forEach(course ->
        course.errors().stream().distinct().limit(10).forEach(e -> out.println("    error: " + e)));
    byte[] all = Files.readAllBytes(node.daemon().log());
    List<String> lines =
        new String(
                all,
                (int) Math.min(log, all.length),
                all.length - (int) Math.min(log, all.length),
                java.nio.charset.StandardCharsets.UTF_8)
            .lines()
            .toList();
    lines
        .subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
        .forEach(each -> out.println("    | " + each));
  }

  private void summary() {
    counts.forEach((kind, count) -> out.printf("%6d %s%n", count, kind));
    out.printf(
        "%d faults in %d rounds, %d containers (%d killed or lost, and said so),"
            + " %d rounds with something lost or left%s%n",
        faults(), rounds, containers, stated, bad.size(), bad.isEmpty() ? "" : ": seeds " + bad);
  }

  /** How many faults there were. */
  private int faults() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
