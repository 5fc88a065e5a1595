package io.jcri.daemon.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.events.Node.Listener;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
  @TempDir Path directory;
  Node node;

  @BeforeEach
  void open() throws Exception {
    node = new Node(directory);
  }

  @Test
  void aPodsWholeLife() throws Exception {
    Listener listener = node.listen();
    node.runPod("p");
    node.create("c", "p");
    node.start("c");
    node.exit("c");
    node.stopPod("p");
    node.containers.remove("c");
    node.pods.remove("p");
    List<Event> events = listener.take();
    assertThat(events)
        .extracting(event -> event.id() + " " + event.type())
        .containsExactly(
            "p CREATED",
            "p STARTED",
            "c CREATED",
            "c STARTED",
            "c STOPPED",
            "p STOPPED",
            "c DELETED",
            "p DELETED");
    assertThat(events).extracting(Event::at).isSorted().doesNotHaveDuplicates();
    assertThat(events).extracting(event -> event.pod().orElseThrow().id()).containsOnly("p");
    assertThat(events)
        .extracting(event -> event.containers().stream().map(Container::phase).toList())
        .containsExactly(
            List.of(),
            List.of(),
            List.of(ContainerPhase.CREATED),
            List.of(ContainerPhase.RUNNING),
            List.of(ContainerPhase.EXITED),
            List.of(ContainerPhase.EXITED),
            List.of(),
            List.of());
    assertThat(events.getLast().pod().orElseThrow().phase()).isEqualTo(PodPhase.NOT_READY);
  }

  @Test
  void aContainerThatCouldNotBeStartedWasNeverStarted() throws Exception {
    Listener listener = node.listen();
    node.runPod("p");
    node.create("c", "p");
    node.exit("c");
    assertThat(listener.told()).endsWith("c CREATED", "c STOPPED");
  }

  @Test
  void whatNobodyCouldSeeIsNotTold() throws Exception {
    Listener listener = node.listen();
    node.runPod("p");
    node.pods.add(io.jcri.daemon.core.Samples.pod("q", 1));
    node.containers.add(io.jcri.daemon.core.Samples.container("c", "p", 1));
    node.containers.remove("c");
    node.pods.remove("q");
    assertThat(listener.told()).containsExactly("p CREATED", "p STARTED");
  }

  @Test
  void aChangeThatIsNoEventIsNoEvent() throws Exception {
    node.runPod("p");
    node.create("c", "p");
    node.start("c");
    Listener listener = node.listen();
    assertThat(listener.told()).hasSize(4);
    node.pods.update("p", pod -> pod.withIps(List.of("10.0.0.1")));
    node.containers.update("c", container -> Samples.in(container, ContainerPhase.UNKNOWN));
    node.containers.update("c", container -> Samples.in(container, ContainerPhase.RUNNING));
    node.exit("c");
    node.containers.update("c", container -> Samples.in(container, ContainerPhase.UNKNOWN));
    node.exit("c");
    List<Event> events = listener.take();
    assertThat(events).extracting(Event::type).containsExactly(EventType.STOPPED);
    assertThat(events.getFirst().pod().orElseThrow().ips()).containsExactly("10.0.0.1");
  }

  @Test
  void allListenersGetTheSame() throws Exception {
    List<Listener> listeners = IntStream.range(0, 5).mapToObj(i -> node.listen()).toList();
    node.runPod("p");
    node.stopPod("p");
    for (Listener listener : listeners) {
      assertThat(listener.told()).containsExactly("p CREATED", "p STARTED", "p STOPPED");
    }
  }

  @Test
  void whatHappensWhileNobodyListensWaitsForTheNext() throws Exception {
    node.runPod("p");
    assertThat(node.listen().told()).containsExactly("p CREATED", "p STARTED");
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void whatAListenerHasNotTakenWaitsForTheNext() throws Exception {
    Listener listener = node.listen();
    node.runPod("p");
    assertThat(listener.subscription().next()).isPresent();
    listener.subscription().delivered();
    listener.subscription().close();
    node.stopPod("p");
    assertThat(node.listen().told()).containsExactly("p STARTED", "p STOPPED");
  }

  @Test
  void nothingWaitsLongerThanFiveMinutes() throws Exception {
    node.runPod("p");
    node.pass(Duration.ofMinutes(4));
    node.stopPod("p");
    node.pass(Duration.ofMinutes(2));
    assertThat(node.listen().told()).containsExactly("p STOPPED");
  }

  @Test
  void onlySoManyWait() throws Exception {
    for (int i = 0; i < WaitingEvents.MOST; i++) {
      node.runPod("p" + i);
    }
    List<String> told = node.listen().told();
    assertThat(told)
        .hasSize(WaitingEvents.MOST)
        .startsWith("p512 CREATED")
        .endsWith("p1023 STARTED");
  }

  /** Nor more than they may have bytes of what pods' authors wrote. */
  @Test
  void whatIsLargeIsForgottenSooner() throws Exception {
    for (int i = 0; i < 100; i++) {
      Map<String, String> annotations = Map.of("large", "x".repeat(1 << 20));
      PodConfig config = Samples.record(PodConfig.class, Map.of("annotations", annotations));
      Map<String, Object> pod = Map.of("id", "p" + i, "createdAt", node.nanos(), "config", config);
      node.pods.add(Samples.record(Pod.class, pod));
      node.pods.update("p" + i, made -> made.after(PodEvent.MADE));
      node.stopPod("p" + i);
      node.pods.remove("p" + i);
    }
    assertThat(node.listen().told()).hasSize(15).endsWith("p99 STOPPED", "p99 DELETED");
    Subscription slow = node.events.subscribe("the slow one", () -> {});
    node.runPod("small");
    assertThat(slow.next()).isPresent();
  }

  /** The kubelet that comes back after a busy minute must not be sent away for what it missed. */
  @Test
  void whatWaitedForAListenerDoesNotMakeItSlow() throws Exception {
    for (int i = 0; i < WaitingEvents.MOST / 2; i++) {
      node.runPod("p" + i);
    }
    Listener late = node.listen();
    for (int i = 0; i < WaitingEvents.MOST / 2; i++) {
      node.runPod("q" + i);
    }
    assertThat(late.told())
        .hasSize(2 * WaitingEvents.MOST)
        .startsWith("p0 CREATED")
        .endsWith("q511 STARTED");
  }

  @Test
  void aSlowListenerIsDroppedAndNobodyElseNotices() throws Exception {
    AtomicInteger dropped = new AtomicInteger();
    Subscription slow = node.events.subscribe("the slow one", dropped::incrementAndGet);
    Listener quick = node.listen();
    for (int i = 0; i < WaitingEvents.MOST / 2; i++) {
      node.runPod("p" + i);
      assertThat(quick.told()).hasSize(2);
    }
    assertThat(dropped).hasValue(0);
    node.runPod("last");
    assertThat(quick.told()).containsExactly("last CREATED", "last STARTED");
    assertThat(dropped).hasValue(1);
    assertThatThrownBy(slow::next)
        .isInstanceOfSatisfying(
            JcriException.class,
            e -> assertThat(e.kind()).isEqualTo(JcriException.Kind.RESOURCE_EXHAUSTED))
        .hasMessage(
            "the slow one takes events too slowly: it was dropped with more than 1024 or 16777216"
                + " bytes waiting");
    slow.close();
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void theDaemonsEndEndsAll() throws Exception {
    Subscription before = node.events.subscribe("before", () -> {});
    node.events.close();
    assertThat(before.next()).isEmpty();
    assertThat(node.events.subscribe("after", () -> {}).next()).isEmpty();
  }
}
