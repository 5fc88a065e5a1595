package io.jcri.it.faults;

import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.it.kit.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The program behind {@code scripts/faults --peer}: kills daemons and shims of jcri and of another
 * runtime by the same seeds, and counts by the same rules what each has lost. It ends with 0 when
 * jcri has lost nothing.
 */
public final class PeerRun {
  /** How long a client tries each step of a pod. */
  private static final Duration STEP = Duration.ofSeconds(40);

  private static final Duration POD = Duration.ofSeconds(150);
  private static final int LOG_LINES = 40;

  private final PeerNode node;
  private final PeerFigures figures;
  private final PrintStream out;

  private PeerRun(PeerNode node, PrintStream out) {
    this.node = node;
    this.figures = new PeerFigures(node.version());
    this.out = out;
  }

  /** Runs; see {@link PeerOptions#USAGE}. */
  public static void main(String... line) throws IOException, InterruptedException {
    if (List.of(line).contains("--help")) {
      System.out.print(PeerOptions.USAGE);
      return;
    }
    PeerOptions options;
    try {
      options = PeerOptions.parse(line);
    } catch (IllegalArgumentException e) {
      System.err.println("faults: " + e.getMessage() + "\n" + PeerOptions.USAGE);
      System.exit(2);
      return;
    }
    List<PeerFigures> columns = new ArrayList<>();
    boolean clean = true;
    for (PeerKind kind : options.kinds()) {
      PeerFigures figures = run(kind, options, System.out);
      clean &= kind != PeerKind.JCRI || figures.isClean();
      columns.add(figures);
    }
    System.out.printf(
        "%n%s, Linux %s, %d processors%n%n",
        Command.of(FaultNode.runc().toString(), "--version")
            .run()
            .out()
            .lines()
            .findFirst()
            .orElse("no runc"),
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors());
    System.out.print(PeerTable.of(columns));
    System.exit(clean ? 0 : 1);
  }

  /** All points with one runtime, on a node of its own. */
  static PeerFigures run(PeerKind kind, PeerOptions options, PrintStream out)
      throws IOException, InterruptedException {
    try (PeerNode node = PeerNode.start(kind)) {
      PodCourse first = new PodCourse(node, "warm-up", 0);
      Thread.ofVirtual().start(first).join();
      if (!first.complaints().isEmpty()) {
        throw new IllegalStateException("before any fault: " + first.complaints());
      }
      node.collect();
      Leftovers leftovers = new Leftovers(node);
      PeerRun run = new PeerRun(node, out);
      long seed = options.seed();
      while (run.isShort(options.points())) {
        PeerFault fault = PeerFault.of(seed);
        if (run.figures.points(fault) < fault.share(options.points())) {
          run.round(seed, fault);
        }
        seed++;
      }
      run.end(leftovers);
      return run.figures;
    }
  }

  private boolean isShort(int points) {
    for (PeerFault fault : PeerFault.values()) {
      if (figures.points(fault) < fault.share(points)) {
        return true;
      }
    }
    return false;
  }

  private void round(long seed, PeerFault fault) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long said = Files.size(node.runtime().log());
    Random random = new Random(seed);
    random.nextLong(); // near seeds begin alike
    AtomicBoolean atWork = new AtomicBoolean(true);
    String pods = "pod-%d-".formatted(seed);
    PeerStrike strike = new PeerStrike(node, fault, pods, random, atWork::get);
    List<PodCourse> courses = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      courses.add(new PodCourse(node, pods + i, random.nextLong(), STEP));
    }
    run(courses, strike, atWork);
    if (strike.hit()) {
      figures.point(fault);
    }
    strike.answered().ifPresent(figures::answered);
    List<String> lost = new ArrayList<>();
    for (PodCourse course : courses) {
      figures.pod(course);
      lost.addAll(course.complaints());
      lost.addAll(course.unstarted());
      for (ContainerCourse container : course.containers()) {
        judge(container, strike.harmed().contains(container.id()), lost);
      }
    }
    out.printf(
        Locale.ROOT,
        "%s %s seed %d: %s%s; %d pods, %d errors, %.1f s%n",
        lost.isEmpty() ? "ok  " : "LOST",
        node.kind(),
        seed,
        fault,
        strike.hit() ? "" : " (missed)",
        count,
        courses.stream().mapToInt(course -> course.errors().size()).sum(),
        (System.nanoTime() - begin) / 1e9);
    if (!lost.isEmpty()) {
      tell(lost, courses, said);
    }
  }

  /** Breaks something while the clients are at work, and waits for all of them. */
  private void run(List<PodCourse> courses, PeerStrike strike, AtomicBoolean atWork)
      throws IOException, InterruptedException {
    List<Thread> clients =
        courses.stream().map(course -> Thread.ofVirtual().start(course)).toList();
    List<Exception> failures = new ArrayList<>();
    Thread striker =
        Thread.ofPlatform()
            .start(() -> {
              try {
                strike.strike();
              } catch (IOException | InterruptedException | RuntimeException e) {
                failures.add(e);
              }
            });
    for (Thread client : clients) {
      if (!client.join(POD)) {
        client.interrupt();
        client.join();
      }
    }
    atWork.set(false);
    striker.join();
    if (!failures.isEmpty()) {
      throw new IOException("the fault itself: " + failures.getFirst(), failures.getFirst());
    }
  }

  private void judge(ContainerCourse container, boolean harmed, List<String> lost)
      throws IOException {
    Fate fate = Fate.of(container, harmed);
    List<String> log =
        Files.exists(container.log()) ? Files.readAllLines(container.log()) : List.of();
    LogCount lines = LogCount.of(container.program(), log, fate == Fate.KEPT);
    figures.container(fate, harmed, lines);
    if (fate != Fate.KEPT || lines.lost() + lines.doubled() > 0) {
      lost.add(
          "container %s%s (%s): %s, %s: %s"
              .formatted(
                  container.id(),
                  harmed ? ", its shim killed" : "",
                  container.program(),
                  fate,
                  lines,
                  container.ended() == null ? "" : ContainerCourse.brief(container.ended())));
    }
  }

  private void tell(List<String> lost, List<PodCourse> courses, long said) throws IOException {
    lost.forEach(each -> out.println("    " + each));
    courses.forEach(course ->
        course.errors().stream().distinct().limit(5).forEach(e -> out.println("    error: " + e)));
    byte[] all = Files.readAllBytes(node.runtime().log());
    int from = (int) Math.min(said, all.length);
    List<String> lines =
        new String(all, from, all.length - from, StandardCharsets.UTF_8).lines().toList();
    lines
        .subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
        .forEach(each -> out.println("    | " + each));
  }

  /** Removes what is still there, after one more restart, and looks what is left then. */
  private void end(Leftovers leftovers) throws IOException, InterruptedException {
    node.killAndStart();
    var all = ListPodSandboxRequest.getDefaultInstance();
    for (PodSandbox pod : node.client().runtime().listPodSandbox(all).getItemsList()) {
      remove(pod.getId());
    }
    List<PodSandbox> stuck = node.client().runtime().listPodSandbox(all).getItemsList();
    figures.stuck(stuck.size());
    stuck.forEach(pod -> out.println("not removed: pod " + pod.getMetadata().getName()));
    node.collect();
    List<String> left = new ArrayList<>(leftovers.await(Judge.LIMIT));
    node.links().forEach(link -> left.add("link " + link));
    left.forEach(each -> out.println("left behind: " + each));
    figures.left(left);
  }

  private void remove(String sandbox) throws InterruptedException {
    Patience patience = new Patience(node.client(), STEP);
    var stop = StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build();
    var removal = RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build();
    try {
      patience.call("StopPodSandbox", stub -> stub.stopPodSandbox(stop));
      patience.call("RemovePodSandbox", stub -> stub.removePodSandbox(removal));
    } catch (IllegalStateException givenUp) {
      out.println("not removed: " + givenUp.getMessage());
    }
  }
}
