package io.jcri.it.bench;

import io.jcri.it.bench.Options.Section;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.DaemonUnderTest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The measurements in their order, once the runtimes run. */
final class Course {
  private static final Duration SETTLING = Duration.ofSeconds(10);

  private final Options options;
  private final PrintStream out;
  private final Entrant jcri;
  private final DaemonUnderTest daemon;
  private final List<Entrant> entrants;
  private final List<String> notes = new ArrayList<>();
  private final List<Load> loads = new ArrayList<>();
  private final Map<PodLife.Kind, Map<String, Map<String, Samples>>> stages =
      new EnumMap<>(PodLife.Kind.class);

  /**
   * A course for these.
   *
   * @param image of most pods
   */
  Course(Options options, PrintStream out, Rivals rivals, String image) {
    this.options = options;
    this.out = out;
    this.daemon = rivals.daemon();
    this.entrants =
        rivals.all().stream()
            .map(rival ->
                new Entrant(rival, new PodLife(rival, image, options.handler().orElse(""))))
            .toList();
    this.jcri = entrants.getFirst();
  }

  /** Measures what was asked for. */
  void run(BenchImages images, PodNetwork network, Path scratch) throws IOException {
    say("idle daemons");
    settle();
    for (Entrant entrant : entrants) {
      daemonMemory(entrant, Figure.DAEMON_IDLE);
      entrant.rival().pull(images.base());
    }
    say("warming up");
    Churn.warmUp(jcri, options.rounds(15, 30));
    for (Entrant other : entrants.subList(1, entrants.size())) {
      Churn.warmUp(other, 3);
    }
    if (options.wants(Section.PODS) && options.handler().isPresent()) {
      podsOfHandler();
    } else if (options.wants(Section.PODS)) {
      pods(network, scratch);
    }
    if (options.wants(Section.EXEC)) {
      say("commands in containers");
      Churn.execs(entrants, options.rounds(40, 100));
    }
    if (options.wants(Section.LOG)) {
      logs();
    }
    if (options.wants(Section.PULL)) {
      say("pulls");
      Pulls.rounds(
          entrants.stream().map(Entrant::rival).toList(),
          images,
          options.rounds(1, 3),
          options.rounds(3, 5));
      settle();
      for (Entrant entrant : entrants) {
        daemonMemory(entrant, Figure.DAEMON_PULLS);
      }
    }
    if (options.wants(Section.IDLE)) {
      for (Entrant entrant : entrants) {
        idle(entrant);
      }
    }
    if (options.wants(Section.LOAD)) {
      Load load = new Load(options, out, entrants.stream().map(Entrant::rival).toList(), images);
      loads.add(load);
      load.warmUp();
      load.run(() -> {});
    }
  }

  private void pods(PodNetwork network, Path scratch) throws IOException {
    int rounds = options.rounds(20, 50);
    StageLog log = new StageLog(daemon.log());
    PodLife.Pod prepared = jcri.pods().prepared(PodLife.Kind.HOST_NETWORK, "/pause");
    Path bundle =
        daemon.state().resolve("containers").resolve(prepared.container()).resolve("bundle");
    try (BareRuntime bare = BareRuntime.of(bundle, scratch.resolve("bare"))) {
      say("pods, host network");
      log.next();
      Samples runs = jcri.rival().figures().of(Figure.BARE_RUN);
      Churn.rounds(entrants, PodLife.Kind.HOST_NETWORK, rounds, () -> bare.round(runs));
      stages.put(PodLife.Kind.HOST_NETWORK, log.next());
      for (Entrant entrant : entrants) {
        Figures figures = entrant.rival().figures();
        figures
            .of(Figure.POD_UP_RATIO)
            .add(figures.of(Figure.POD_UP_HOST).median() / runs.median());
      }
    }
    jcri.rival().removePods();
    log.next();
    say("pods, CNI bridge");
    Churn.rounds(entrants, PodLife.Kind.BRIDGE, rounds, () -> {});
    stages.put(PodLife.Kind.BRIDGE, log.next());
    say("pods, CNI bridge and portmap");
    network.addPortmap();
    Churn.rounds(entrants, PodLife.Kind.BRIDGE_WITH_PORT, rounds, () -> {});
    stages.put(PodLife.Kind.BRIDGE_WITH_PORT, log.next());
    network.removePortmap();
    settle();
    for (Entrant entrant : entrants) {
      daemonMemory(entrant, Figure.DAEMON_CHURN);
    }
  }

  /** There is no bare runc to hold it against, and a kernel of its own knows no host network. */
  private void podsOfHandler() throws IOException {
    say("pods of handler " + options.handler().orElseThrow() + ", CNI bridge");
    StageLog log = new StageLog(daemon.log());
    log.next();
    Churn.rounds(entrants, PodLife.Kind.BRIDGE, options.rounds(20, 50), () -> {});
    stages.put(PodLife.Kind.BRIDGE, log.next());
  }

  private void logs() throws IOException {
    say("containers' logs");
    for (int i = 0; i < options.rounds(2, 5); i++) {
      for (Entrant entrant : entrants) {
        Command.of("sync").run();
        long lost = LogSpeed.round(entrant.rival(), entrant.pods());
        if (lost != 0) {
          notes.add("%s: %d lines are not in the log".formatted(entrant.rival().name(), lost));
        }
      }
    }
  }

  private void idle(Entrant entrant) throws IOException {
    say("idle pods in " + entrant.rival().name());
    IdlePods pods = new IdlePods(entrant, notes::add);
    int restarts = options.rounds(3, 5);
    pods.grow(20);
    pods.memory(Figure.POD_MEMORY_20);
    pods.restart(Figure.RESTART_20, restarts);
    pods.grow(60);
    pods.memory(Figure.POD_MEMORY_60);
    pods.lists(options.rounds(50, 200));
    pods.allMemory(Figure.ALL_MEMORY_60);
    if (options.full()) {
      pods.grow(110);
      pods.allMemory(Figure.ALL_MEMORY_110);
      pods.restart(Figure.RESTART_110, restarts);
    }
    pods.clear();
  }

  /** What a burst took for a moment is given back within seconds: idle is what is left then. */
  private static void settle() throws IOException {
    try {
      Thread.sleep(SETTLING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void daemonMemory(Entrant entrant, Figure figure) throws IOException {
    entrant.rival().figures().of(figure).add(Memory.ofProcess(entrant.rival().pid()));
  }

  /** Prints what has been measured so far. */
  void report() {
    Table table = new Table(out);
    out.println();
    table.figures(
        jcri.rival().figures(), entrants.stream().skip(1).map(Entrant::rival).findFirst());
    if (!stages.isEmpty()) {
      table.calls(entrants.stream().map(Entrant::rival).toList());
      table.stages(stages);
    }
    loads.forEach(load -> load.report("on the usual disk"));
    notes.forEach(note -> out.println("note: " + note));
  }

  private void say(String text) {
    out.println("bench: " + text);
  }
}
