package io.jcri.it.bench;

import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A node that is given all its pods at once, of an image of many layers, and then loses them all at
 * once. The runtimes take turns; as with a kubelet, all calls come over one connection.
 */
final class Load {
  private static final int PODS = 110;
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /** One turn of a runtime. */
  record Turn(Wave up, Wave down) {}

  private final Options options;
  private final PrintStream out;
  private final BenchImages images;
  private final List<Entrant> entrants;
  private final PodCgroups cgroups;
  private final Map<String, List<Turn>> turns = new LinkedHashMap<>();

  Load(Options options, PrintStream out, List<Rival> rivals, BenchImages images) {
    this.options = options;
    this.out = out;
    this.images = images;
    this.entrants =
        rivals.stream()
            .map(rival ->
                new Entrant(rival, new PodLife(rival, images.deep(), options.handler().orElse(""))))
            .toList();
    this.cgroups = PodCgroups.of(rivals.getFirst());
    rivals.forEach(rival -> turns.put(rival.name(), new ArrayList<>()));
  }

  /** Has the image there, and a daemon that has seen pods. */
  void warmUp() {
    out.println("bench: load, warming up");
    for (Entrant entrant : entrants) {
      entrant.rival().pull(images.deep());
      boolean first = entrant.equals(entrants.getFirst());
      Churn.warmUp(entrant, first ? options.rounds(15, 30) : 3);
    }
  }

  /**
   * Measures.
   *
   * @param before each turn
   */
  void run(Churn.Between before) throws IOException {
    try {
      for (int i = 0; i < options.rounds(3, 5); i++) {
        for (Entrant entrant : i % 2 == 0 ? entrants : entrants.reversed()) {
          out.printf("bench: load, %d pods at once in %s%n", PODS, entrant.rival().name());
          before.run();
          Turn turn = turn(entrant);
          turns.computeIfAbsent(entrant.rival().name(), _ -> new ArrayList<>()).add(turn);
          settle();
        }
      }
    } finally {
      cgroups.removeParents();
    }
  }

  private Turn turn(Entrant entrant) throws IOException {
    List<PodSandboxConfig> configs = new ArrayList<>();
    for (int i = 0; i < PODS; i++) {
      PodSandboxConfig.Builder config = entrant.pods().config(PodLife.Kind.BRIDGE).toBuilder();
      String uid = config.getMetadata().getUid();
      cgroups.make(uid);
      config.getLinuxBuilder().setCgroupParent(cgroups.parent(uid));
      configs.add(config.build());
    }
    Queue<PodLife.Pod> pods = new ConcurrentLinkedQueue<>();
    try {
      Wave up =
          Wave.of(configs, (config, calls) -> pods.add(entrant.pods().up(config, calls, "/pause")));
      Wave down = Wave.of(List.copyOf(pods), (pod, calls) -> entrant.pods().leave(pod, calls));
      return new Turn(up, down);
    } finally {
      entrant.rival().removePods(); // those that did not come through
      for (PodSandboxConfig config : configs) {
        cgroups.remove(config.getMetadata().getUid());
      }
    }
  }

  /** What a runtime does after its last reply is not the next one's to wait for. */
  private static void settle() throws IOException {
    try {
      Command.of("sync").run().orThrow();
      Thread.sleep(SETTLING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Prints what has been measured so far.
   *
   * @param where in words
   */
  void report(String where) {
    out.printf("%n%d pods at once, image of 50 layers, %s%n", PODS, where);
    new LoadTable(out, turns).print();
  }
}
