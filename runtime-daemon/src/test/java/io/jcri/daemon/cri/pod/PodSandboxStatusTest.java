package io.jcri.daemon.cri.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PodSandboxStatusResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerConfig;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.PublishedEventsFile;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kubelet with the gate EventedPLEG relies on, which asks for nothing else of a pod. */
class PodSandboxStatusTest {
  @TempDir Path directory;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  Runnable whenAskedForTheTime = () -> {};
  Registry<Pod> pods;
  Registry<Container> containers;
  Events events;
  PodSandboxStatus call;

  @BeforeEach
  void make() throws Exception {
    Clock clock =
        new Clock(() -> {
          Runnable once = whenAskedForTheTime;
          whenAskedForTheTime = () -> {};
          once.run();
          return now;
        });
    events = new Events(PublishedEventsFile.open(directory.resolve("events"), "boot"), clock);
    RecordStore<Pod> podRecords = new RecordStore<>(directory.resolve("pods"), Pod.class);
    pods = new Registry<>("pod sandbox", Pod::id, podRecords, events.podWatcher());
    containers =
        new Registry<>(
            "container",
            Container::id,
            new RecordStore<>(directory.resolve("containers"), Container.class),
            events.containerWatcher());
    call =
        new PodSandboxStatus(
            Samples.part(Pods.class, pods, clock),
            Samples.part(Containers.class, containers),
            events);
    pods.add(Samples.pod("p", 1));
    pods.update("p", pod -> pod.after(PodEvent.MADE));
  }

  private PodSandboxStatusResponse ask() {
    return call.handle(PodSandboxStatusRequest.newBuilder().setPodSandboxId("p").build());
  }

  private void add(String name, int attempt, long createdAt, ContainerPhase phase) {
    containers.add(
        Samples.record(
            Container.class,
            Map.of(
                "id",
                name + attempt,
                "podId",
                "p",
                "config",
                Samples.record(ContainerConfig.class, Map.of("name", name, "attempt", attempt)),
                "createdAt",
                createdAt,
                "stopSignal",
                "SIGTERM",
                "phase",
                phase)));
  }

  /**
   * The kubelet's PodStatus.FindContainerStatusByName takes the first of a name; were it an earlier
   * attempt, which has exited, it would make the same next one again and again.
   */
  @Test
  void theFirstOfANameIsTheLatestAttempt() {
    add("crashing", 0, 10, ContainerPhase.EXITED);
    add("steady", 0, 11, ContainerPhase.RUNNING);
    add("crashing", 1, 12, ContainerPhase.EXITED);
    add("crashing", 2, 13, ContainerPhase.RUNNING);
    List<ContainerStatus> statuses = ask().getContainersStatusesList();
    assertThat(statuses)
        .extracting(ContainerStatus::getId)
        .containsExactly("crashing2", "crashing1", "steady0", "crashing0");
  }

  /** A clock that was set back between two attempts, or is too coarse to tell them apart. */
  @Test
  void ofOneInstantTheHigherAttemptComesFirst() {
    add("crashing", 0, 10, ContainerPhase.EXITED);
    add("crashing", 1, 10, ContainerPhase.RUNNING);
    assertThat(ask().getContainersStatusesList())
        .extracting(status -> status.getMetadata().getAttempt())
        .containsExactly(1, 0);
  }

  /**
   * The kubelet's cache keeps the newer of the last event and this. A state from before an event
   * with a time from after it would hide the event, and the next look is five minutes away.
   */
  @Test
  void whatHappensUpToItsTimeIsInIt() {
    whenAskedForTheTime = () -> pods.updateAnyway("p", pod -> pod.after(PodEvent.STOP));
    assertThat(ask().getStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
  }

  /** Or the cache would refuse it until the clock has caught up. */
  @Test
  void itsTimeIsNeverBeforeTheLastEvent() {
    pods.updateAnyway("p", pod -> pod.after(PodEvent.STOP));
    final long before = ask().getTimestamp();
    now = now.minusSeconds(3600);
    assertThat(ask().getTimestamp()).isEqualTo(before);
    now = now.plusSeconds(7200);
    assertThat(ask().getTimestamp()).isEqualTo(before + 3_600_000_000_000L - 2);
  }
}
