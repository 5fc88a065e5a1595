package io.jcri.it.bench;

import com.google.protobuf.ByteString;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pods up and down, and commands in one. */
final class Churn {
  private static final String[] WAIT = {"/pause"};

  private Churn() {}

  /** The work between two rivals' turns. */
  @FunctionalInterface
  interface Between {
    void run() throws IOException;
  }

  /**
   * The first calls of a daemon on a Java machine are slow; it is not them that a node lives with.
   */
  static void warmUp(Entrant entrant, int rounds) {
    for (int i = 0; i < rounds; i++) {
      PodLife.Pod pod = entrant.pods().up(PodLife.Kind.BRIDGE, new LinkedHashMap<>(), WAIT);
      exec(entrant.rival(), pod);
      entrant.pods().down(pod, new LinkedHashMap<>());
    }
  }

  /** Takes pods of a kind through their life, by turns; {@code between} runs after each turn. */
  static void rounds(List<Entrant> entrants, PodLife.Kind kind, int rounds, Between between)
      throws IOException {
    for (int i = 0; i < rounds; i++) {
      for (Entrant entrant : entrants) {
        Figures figures = entrant.rival().figures();
        Map<String, Samples> calls = figures.calls(kind.name());
        long begin = System.nanoTime();
        PodLife.Pod pod = entrant.pods().up(kind, calls, WAIT);
        figures.of(kind.up).addMillisSince(begin);
        begin = System.nanoTime();
        entrant.pods().down(pod, calls);
        figures.of(kind.down).addMillisSince(begin);
      }
      between.run();
    }
  }

  /** Runs echo in a container of each, by turns. */
  static void execs(List<Entrant> entrants, int rounds) {
    List<PodLife.Pod> pods =
        entrants.stream()
            .map(entrant ->
                entrant.pods().up(PodLife.Kind.HOST_NETWORK, new LinkedHashMap<>(), WAIT))
            .toList();
    for (int i = 0; i < rounds; i++) {
      for (int j = 0; j < pods.size(); j++) {
        long begin = System.nanoTime();
        exec(entrants.get(j).rival(), pods.get(j));
        entrants.get(j).rival().figures().of(Figure.EXEC).addMillisSince(begin);
      }
    }
    for (int j = 0; j < pods.size(); j++) {
      entrants.get(j).pods().down(pods.get(j), new LinkedHashMap<>());
    }
  }

  private static void exec(Rival rival, PodLife.Pod pod) {
    ExecSyncResponse answer =
        rival
            .client()
            .runtime()
            .execSync(
                ExecSyncRequest.newBuilder()
                    .setContainerId(pod.container())
                    .addCmd("/bin/echo")
                    .addCmd("ok")
                    .setTimeout(10)
                    .build());
    if (!answer.getStdout().equals(ByteString.copyFromUtf8("ok\n"))) {
      throw new IllegalStateException(rival.name() + ": echo said " + answer);
    }
  }
}
