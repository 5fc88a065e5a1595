package io.jcri.it.bench;

import io.jcri.cri.v1.ContainerFilter;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStateValue;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;

/** Pods of one runtime that only wait: what they cost, and what is asked about them all day. */
final class IdlePods {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Calls before those that count: the kubelet of a node has made as many within the hour. */
  private static final int WARM_UP = 200;

  private final Entrant entrant;
  private final Consumer<String> notes;
  private final List<PodLife.Pod> pods = new ArrayList<>();

  IdlePods(Entrant entrant, Consumer<String> notes) {
    this.entrant = entrant;
    this.notes = notes;
  }

  private Rival rival() {
    return entrant.rival();
  }

  private Figures figures() {
    return entrant.rival().figures();
  }

  /** Has that many pods, more than before. */
  void grow(int count) {
    while (pods.size() < count) {
      pods.add(entrant.pods().up(PodLife.Kind.BRIDGE, new LinkedHashMap<>(), "/pause"));
    }
  }

  /** Measures what a pod costs outside its container. */
  void memory(Figure perPod) throws IOException {
    figures().of(perPod).add(Memory.outsideContainers(pods) / pods.size());
  }

  /** Measures what all the runtime's processes cost. */
  void allMemory(Figure all) throws IOException {
    figures().of(all).add(Memory.outsideContainers(pods) + Memory.ofProcess(rival().pid()));
  }

  /** Asks what a kubelet asks all the time. */
  void lists(int rounds) {
    var runtime = rival().client();
    repeat(
        Figure.LIST_CONTAINERS,
        rounds,
        () -> runtime.runtime().listContainers(ListContainersRequest.getDefaultInstance()));
    repeat(
        Figure.LIST_PODS,
        rounds,
        () -> runtime.runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()));
    ContainerStatusRequest status =
        ContainerStatusRequest.newBuilder().setContainerId(pods.getLast().container()).build();
    repeat(Figure.CONTAINER_STATUS, rounds, () -> runtime.runtime().containerStatus(status));
    repeat(
        Figure.LIST_STATS,
        rounds,
        () -> runtime.runtime().listContainerStats(ListContainerStatsRequest.getDefaultInstance()));
  }

  private void repeat(Figure figure, int rounds, Runnable call) {
    for (int i = 0; i < WARM_UP; i++) {
      call.run();
    }
    for (int i = 0; i < rounds; i++) {
      long begin = System.nanoTime();
      call.run();
      figures().of(figure).addMillisSince(begin);
    }
  }

  /** Kills the daemon, and waits until the next one says that every container runs. */
  void restart(Figure figure, int rounds) throws IOException {
    if (!rival().restartable()) {
      notes.accept(rival().name() + ": not ours to kill, so its restart is not measured");
      return;
    }
    for (int i = 0; i < rounds; i++) {
      long begin = System.nanoTime();
      rival().restart();
      Waiting.until(PATIENCE, () -> running() == pods.size(), () -> "not every container runs");
      figures().of(figure).add((System.nanoTime() - begin) / 1e9);
    }
  }

  private int running() {
    ContainerFilter running =
        ContainerFilter.newBuilder()
            .setState(ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING))
            .build();
    return rival()
        .client()
        .runtime()
        .listContainers(ListContainersRequest.newBuilder().setFilter(running).build())
        .getContainersCount();
  }

  /** Takes them all down. */
  void clear() {
    for (PodLife.Pod pod : pods) {
      entrant.pods().down(pod, new LinkedHashMap<>());
    }
    pods.clear();
  }
}
