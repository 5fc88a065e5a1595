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

/**
 * The program behind {@code scripts/faults}. Its last lines are the counts of faults by kind, and
 * of rounds with something lost or left; it ends with 0 only when there is none of these.
 */
public final class FaultRun {
  private static final Duration LIMIT = Duration.ofSeconds(150);
  private static final int LOG_LINES = 60;

  private final FaultNode node;
  private Judge judge;
  private final List<Faults> kinds;
  private final PrintStream out;
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<Long> bad = new ArrayList<>();
  private int containers;

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
    boolean passed = run(options, kinds, System.out);
    System.exit(passed ? 0 : 1);
  }

  /** Runs rounds on a node of its own; whether nothing was lost and nothing left. */
  static boolean run(FaultOptions options, List<Faults> kinds, PrintStream out)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + options.time().toNanos();
    try (FaultNode node = FaultNode.start()) {
      warmUp(node);
      FaultRun run = new FaultRun(node, kinds, out);
      for (int i = 0; i < options.rounds() && System.nanoTime() - deadline < 0; i++) {
        run.round(options.seed() + i);
      }
      run.summary();
      return run.bad.isEmpty();
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

  /** One round; whether nothing was lost and nothing left. */
  boolean round(long seed) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long log = Files.size(node.daemon().log());
    Random random = new Random(seed);
    random.nextLong(); // near seeds begin alike
    Faults kind = Faults.pick(kinds, random);
    Fault fault = kind.make().apply(random);
    Round round = new Round(node, random);
    List<PodCourse> pods = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      pods.add(new PodCourse(node, "pod-%d-%d".formatted(seed, i), random.nextLong()));
    }
    List<Course> courses = new ArrayList<>(pods);
    if (random.nextInt(3) == 0 || kind.name().contains("pull")) {
      courses.add(new ImageCourse(node, "image-" + seed, random.nextLong()));
    }
    fault.prepare(round);
    List<Thread> clients =
        courses.stream().map(course -> Thread.ofVirtual().start(course)).toList();
    List<String> wrong = new ArrayList<>();
    try {
      fault.strike(round);
    } catch (IOException e) {
      wrong.add("the fault itself: " + e.getMessage());
    }
    for (Thread client : clients) {
      if (!client.join(LIMIT)) {
        client.interrupt();
        client.join(Duration.ofSeconds(5));
      }
    }
    node.gates().open();
    if (round.isAllHarmed()) {
      node.removeEverything(); // what no record tells the pod of
    }
    if (!node.daemon().process().isAlive()) {
      wrong.add("the daemon has ended by itself");
      node.daemon().start();
    }
    wrong.addAll(judge.look(round, pods, courses));
    containers += pods.stream().mapToInt(course -> course.containers().size()).sum();
    counts.merge(kind.name(), 1, Integer::sum);
    out.printf(
        "%s seed %d: %s%s; %d pods, %d errors, %.1f s%n",
        wrong.isEmpty() ? "ok  " : "BAD ",
        seed,
        kind.name(),
        round.told().isEmpty() ? "" : ": " + round.told(),
        count,
        courses.stream().mapToInt(course -> course.errors().size()).sum(),
        (System.nanoTime() - begin) / 1e9);
    if (!wrong.isEmpty()) {
      bad.add(seed);
      tell(wrong, courses, log);
      node.removeEverything();
      judge = new Judge(node); // what is left now is not the next round's
    }
    return wrong.isEmpty();
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
        "%d faults, %d containers, %d rounds with something lost or left%s%n",
        counts.values().stream().mapToInt(Integer::intValue).sum(),
        containers,
        bad.size(),
        bad.isEmpty() ? "" : ": seeds " + bad);
  }
}
