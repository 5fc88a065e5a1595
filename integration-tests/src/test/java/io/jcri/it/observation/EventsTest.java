package io.jcri.it.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PodSandboxStatusResponse;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> LIFE = List.of("CREATED", "STARTED", "STOPPED", "DELETED");

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static EventLog listen() {
    return new EventLog(NODE.daemon().socket());
  }

  /**
   * Waits until the daemon has noted that all its subscribers have the event. A kill between the
   * socket and the note makes it come twice, as the contract says.
   */
  private static void awaitNote(String id, String type) throws Exception {
    Path note = NODE.daemon().state().resolve("events");
    Waiting.until(
        PATIENCE,
        () -> Files.readAllLines(note).stream().anyMatch(line -> line.contains(id + " " + type)),
        () -> "no %s of %s is noted".formatted(type, id));
  }

  @Test
  void aPodsWholeLife() throws Exception {
    try (EventLog log = listen()) {
      TestPod pod = NODE.pod();
      TestContainer container = pod.idle();
      container.stop(0);
      pod.stop();
      container.remove();
      pod.remove();
      log.await(pod.id(), "DELETED");

      List<ContainerEventResponse> events =
          log.all().stream()
              .filter(event -> event.getPodSandboxStatus().getId().equals(pod.id()))
              .toList();
      Map<String, String> names = Map.of(pod.id(), "pod", container.id(), "container");
      assertThat(events)
          .extracting(event ->
              names.get(event.getContainerId())
                  + " "
                  + EventLog.type(event.getContainerEventType()))
          .containsExactly(
              "pod CREATED",
              "pod STARTED",
              "container CREATED",
              "container STARTED",
              "container STOPPED",
              "pod STOPPED",
              "container DELETED",
              "pod DELETED");
      assertThat(events).extracting(ContainerEventResponse::getCreatedAt).isSorted();
      assertThat(events)
          .extracting(event -> event.getPodSandboxStatus().getMetadata().getUid())
          .containsOnly(pod.config().getMetadata().getUid());
      assertThat(events.get(1).getPodSandboxStatus().getState())
          .isEqualTo(PodSandboxState.SANDBOX_READY);
      assertThat(events.get(1).getPodSandboxStatus().getNetwork().getIp()).startsWith(NODE.range());
      assertThat(events)
          .extracting(event ->
              event.getContainersStatusesList().stream().map(ContainerStatus::getState).toList())
          .containsExactly(
              List.of(),
              List.of(),
              List.of(ContainerState.CONTAINER_CREATED),
              List.of(ContainerState.CONTAINER_RUNNING),
              List.of(ContainerState.CONTAINER_EXITED),
              List.of(ContainerState.CONTAINER_EXITED),
              List.of(),
              List.of());
      assertThat(events.get(4).getContainersStatuses(0).getExitCode()).isEqualTo(137);
    }
  }

  @Test
  void aContainerThatEndsByItself() throws Exception {
    try (EventLog log = listen()) {
      TestContainer container = NODE.pod().start("sh", "-c", "exit 3");
      log.await(container.id(), "STOPPED");
      assertThat(log.of(container.id())).containsExactly("CREATED", "STARTED", "STOPPED");
      assertThat(log.all().getLast().getContainersStatuses(0).getExitCode()).isEqualTo(3);
    }
  }

  /** The kubelet takes the first of a name for the container of today. */
  @Test
  void aContainerThatIsStartedAgainComesBeforeTheOneThatEnded() throws Exception {
    try (EventLog log = listen()) {
      TestPod pod = NODE.pod();
      ContainerConfig.Builder config = pod.container("sh", "-c", "exit 3");
      TestContainer first = pod.start(config);
      first.awaitExit();
      config.clearCommand().addCommand("sleep").addCommand("100000");
      config.getMetadataBuilder().setAttempt(1);
      TestContainer second = pod.start(config);
      log.await(second.id(), "STARTED");
      assertThat(log.all().getLast().getContainersStatusesList())
          .extracting(ContainerStatus::getId)
          .containsExactly(second.id(), first.id());
      PodSandboxStatusResponse reply =
          NODE.cri()
              .runtime()
              .podSandboxStatus(
                  PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.id()).build());
      assertThat(reply.getContainersStatusesList())
          .containsExactly(second.status(), first.status());
      assertThat(reply.getTimestamp())
          .as("else the kubelet keeps the event's")
          .isGreaterThanOrEqualTo(log.all().getLast().getCreatedAt());
    }
  }

  @Test
  void aProgramThatIsNotThere() throws Exception {
    try (EventLog log = listen()) {
      TestContainer container = NODE.pod().create(NODE.pod().container("/none"));
      assertThat(org.assertj.core.api.Assertions.catchThrowable(container::start)).isNotNull();
      log.await(container.id(), "STOPPED");
      assertThat(log.of(container.id())).containsExactly("CREATED", "STOPPED");
    }
  }

  @Test
  void aContainerThatEndsWhileThereIsNoDaemon() throws Exception {
    TestContainer container;
    TestPod pod = NODE.pod();
    try (EventLog log = listen()) {
      container = pod.idle();
      log.await(container.id(), "STARTED");
      awaitNote(container.id(), "STARTED");
      ProcessHandle process = ProcessHandle.of(container.pid()).orElseThrow();
      NODE.daemon().kill();
      assertThat(log.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(process.destroyForcibly()).isTrue();
      Waiting.until(PATIENCE, () -> !process.isAlive(), () -> "the container lives on");
    }
    NODE.daemon().start();
    try (EventLog log = listen()) {
      log.await(container.id(), "STOPPED");
      pod.stop();
      log.await(pod.id(), "STOPPED");
      assertThat(log.of(container.id())).containsExactly("STOPPED");
      assertThat(log.of(pod.id())).containsExactly("STOPPED");
      awaitNote(pod.id(), "STOPPED");
      NODE.daemon().kill();
    }
    NODE.daemon().start();
    try (EventLog log = listen()) {
      TestContainer later = NODE.pod().idle();
      log.await(later.id(), "STARTED");
      assertThat(log.of(container.id())).as("of what was told before").isEmpty();
      assertThat(log.of(pod.id())).as("of what was told before").isEmpty();
    }
  }

  @Test
  void aStopIsNotHeldUpBySubscribers() throws Exception {
    try (EventLog log = listen()) {
      TestPod pod = NODE.pod();
      log.await(pod.id(), "STARTED");
      NODE.daemon().stop();
      assertThat(log.end().isOk()).as("completed and not cut off").isTrue();
    }
    NODE.daemon().start();
  }

  /** Every object's events are a whole life, though the daemon was killed while they happened. */
  @RepeatedTest(3)
  void lifeGoesOnWhileDaemonsDie(RepetitionInfo repetition) throws Exception {
    Set<String> others = new HashSet<>();
    try (EventLog log = listen()) {
      TestPod before = NODE.pod();
      before.remove();
      log.await(before.id(), "DELETED"); // and all that earlier tests have left to be told
      log.all().forEach(event -> others.add(event.getContainerId()));
    }
    List<List<ContainerEventResponse>> parts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      try (EventLog log = listen()) {
        List<Thread> callers = new ArrayList<>();
        for (int j = 0; j < 3; j++) {
          callers.add(Thread.ofVirtual().start(EventsTest::makeAndUnmakePods));
        }
        // Each time at another point of the pods' lives, which have some ten events each.
        log.awaitCount(7 * i + 2 * repetition.getCurrentRepetition());
        NODE.daemon().kill();
        log.end();
        for (Thread caller : callers) {
          caller.join();
        }
        parts.add(log.all());
        NODE.daemon().start();
      }
    }
    try (EventLog log = listen()) {
      NODE.cri().removeAllPods();
      TestPod last = NODE.pod();
      log.await(last.id(), "STARTED"); // and all lives that are tested are over
      others.add(last.id());
      parts.add(log.all());
    }
    assertWhole(parts, others);
  }

  /**
   * What was on its way to the socket when a daemon was killed may come again, from the next one
   * or, when that was killed as well before it came to it, from a later one; nothing else may, and
   * nothing is missing.
   */
  private static void assertWhole(List<List<ContainerEventResponse>> parts, Set<String> others) {
    List<String> lines = new ArrayList<>();
    Set<String> onTheirWay = new HashSet<>();
    for (List<ContainerEventResponse> part : parts) {
      List<String> these =
          part.stream()
              .map(event ->
                  event.getContainerId() + " " + EventLog.type(event.getContainerEventType()))
              .collect(Collectors.toCollection(ArrayList::new));
      Optional<String> last = these.isEmpty() ? Optional.empty() : Optional.of(these.getLast());
      onTheirWay.removeIf(these::remove);
      last.ifPresent(onTheirWay::add);
      lines.addAll(these);
    }
    lines.removeIf(line -> others.contains(line.substring(0, line.indexOf(' '))));
    assertThat(lines).doesNotHaveDuplicates();
    Map<String, List<String>> lives =
        lines.stream()
            .map(line -> line.split(" ", 2))
            .collect(
                Collectors.groupingBy(
                    words -> words[0], Collectors.mapping(words -> words[1], Collectors.toList())));
    assertThat(lives).isNotEmpty();
    Set<String> undone = neverStarted(parts);
    lives.forEach((id, life) -> {
      assertThat(life).as(id).startsWith("CREATED").endsWith("DELETED");
      assertThat(LIFE).as("the order of %s", life).containsSubsequence(life);
      assertThat(life.contains("STARTED"))
          .as("%s has a STOPPED if it was started, and no other", life)
          .isEqualTo(life.contains("STOPPED") && !undone.contains(id));
    });
  }

  /** Containers whose daemon was killed before it could tell of their start, which it undoes. */
  private static Set<String> neverStarted(List<List<ContainerEventResponse>> parts) {
    return parts.stream()
        .flatMap(List::stream)
        .filter(event -> EventLog.type(event.getContainerEventType()).equals("STOPPED"))
        .filter(event ->
            event.getContainersStatusesList().stream()
                .anyMatch(status ->
                    status.getId().equals(event.getContainerId()) && status.getStartedAt() == 0))
        .map(ContainerEventResponse::getContainerId)
        .collect(Collectors.toSet());
  }

  private static void makeAndUnmakePods() {
    try {
      while (true) {
        TestPod pod = NODE.pod(NODE.podConfig());
        pod.idle();
        pod.stop();
        pod.remove();
      }
    } catch (StatusRuntimeException ignored) {
      // The daemon was killed in the middle of it; what is judged is what its events said.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
