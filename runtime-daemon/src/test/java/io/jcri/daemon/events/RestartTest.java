package io.jcri.daemon.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.core.Samples;
import io.jcri.daemon.events.Node.Listener;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** None missing and none twice, when the daemon is killed and another takes its place. */
class RestartTest {
  @TempDir Path directory;
  Node node;

  @BeforeEach
  void runAPod() throws Exception {
    node = new Node(directory);
    node.runPod("p");
    node.create("c", "p");
    node.start("c");
  }

  @Test
  void whatWasToldIsNotToldAgain() throws Exception {
    assertThat(node.listen().told()).hasSize(4);
    node.restart();
    Listener listener = node.listen();
    assertThat(listener.told()).isEmpty();
    node.exit("c");
    assertThat(listener.told()).containsExactly("c STOPPED");
  }

  @Test
  void whatTheSocketHasIsNotToldAgainThoughNobodyWasThereToCountIt() throws Exception {
    Listener listener = node.listen();
    assertThat(listener.told()).hasSize(4);
    node.exit("c");
    assertThat(listener.subscription().next()).isPresent();
    listener.subscription().sending().run();
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void whatIsNotYetInTheSocketIsToldAgain() throws Exception {
    Listener listener = node.listen();
    assertThat(listener.told()).hasSize(4);
    node.exit("c");
    assertThat(listener.subscription().next()).isPresent();
    assertThat(listener.subscription().sending()).isNotNull();
    node.restart();
    assertThat(node.listen().told()).containsExactly("c STOPPED");
  }

  @Test
  void ofTwoSubscribersOneHasNotGotItYet() throws Exception {
    Listener one = node.listen();
    assertThat(one.told()).hasSize(4);
    Listener other = node.listen();
    node.exit("c");
    one.subscription().sending().run();
    node.restart();
    assertThat(node.listen().told()).containsExactly("c STOPPED");
    assertThat(other.subscription().waiting()).isEqualTo(1);
  }

  @Test
  void whatWasNotToldIs() throws Exception {
    Listener before = node.listen();
    assertThat(before.told()).hasSize(4);
    node.exit("c");
    node.create("d", "p");
    node.restart();
    Listener listener = node.listen();
    assertThat(listener.told()).containsExactlyInAnyOrder("c STOPPED", "d CREATED");
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void aContainerThatEndedMeanwhileIsToldOnce() throws Exception {
    assertThat(node.listen().told()).hasSize(4);
    node.restart();
    node.containers.update("c", container -> Samples.in(container, ContainerPhase.UNKNOWN));
    node.exit("c"); // which the recovery of containers finds
    Listener listener = node.listen();
    List<Event> events = listener.take();
    assertThat(events).extracting(Event::type).containsExactly(EventType.STOPPED);
    assertThat(events.getFirst().pod()).isPresent();
    assertThat(events.getFirst().containers()).hasSize(1);
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void aDaemonThatDiesAgainBeforeAnybodyComesLeavesItToTheThird() throws Exception {
    assertThat(node.listen().told()).hasSize(4);
    node.restart();
    node.exit("c");
    node.restart();
    assertThat(node.listen().told()).containsExactly("c STOPPED");
  }

  @Test
  void thoseWhoListenedAllGetIt() throws Exception {
    Listener one = node.listen();
    Listener two = node.listen();
    assertThat(one.told()).hasSize(4);
    assertThat(two.told()).isEmpty();
    node.exit("c");
    assertThat(one.told()).containsExactly("c STOPPED");
    node.restart();
    node.stopPod("p");
    assertThat(node.listen().told()).containsExactly("c STOPPED", "p STOPPED");
    node.containers.remove("c");
    assertThat(node.listen().told())
        .as("two had not got c STOPPED, so it is told again")
        .containsExactly("c STOPPED", "p STOPPED", "c DELETED");
    assertThat(node.listen().told()).as("a third one").isEmpty();
  }

  @Test
  void whoIsGoneIsToldWithoutItsRecord() throws Exception {
    assertThat(node.listen().told()).hasSize(4);
    node.containerRecords.delete("c");
    node.podRecords.delete("p");
    node.restart();
    List<Event> events = node.listen().take();
    assertThat(events)
        .extracting(event -> event.id() + " " + event.type())
        .containsExactly("c STOPPED", "c DELETED", "p STOPPED", "p DELETED");
    assertThat(events.getLast().pod().orElseThrow().phase()).isEqualTo(PodPhase.NOT_READY);
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void theGoneOfWhichNobodyWantsToHearAreForgotten() throws Exception {
    assertThat(node.listen().told()).hasSize(4);
    node.containerRecords.delete("c");
    node.restart();
    node.pass(Duration.ofMinutes(6));
    node.restart();
    assertThat(node.listen().told()).isEmpty();
    assertThat(directory.resolve("events")).content().doesNotContain("container c");
  }

  @Test
  void withoutAListenerOnlyTheFreshIsTold() throws Exception {
    node.pass(Duration.ofMinutes(4));
    node.exit("c");
    node.pass(Duration.ofMinutes(2));
    node.restart();
    assertThat(node.listen().told()).containsExactly("c STOPPED");
  }

  @Test
  void afterARebootNothingIsToldAgain() throws Exception {
    node.reboot();
    Listener listener = node.listen();
    assertThat(listener.told()).isEmpty();
    node.exit("c");
    assertThat(listener.told()).containsExactly("c STOPPED");
  }

  @Test
  void aNoteThatWasCutShortLosesItsLastLine() throws Exception {
    assertThat(node.listen().told()).hasSize(4);
    Files.writeString(directory.resolve("events"), "sandbox q STAR", StandardOpenOption.APPEND);
    node.exit("c");
    node.restart();
    assertThat(node.listen().told()).containsExactly("c STOPPED");
  }

  /** A caller that leaves interrupts its thread, which may be at the note just then. */
  @Test
  void anInterruptionDoesNotEndTheNote() throws Exception {
    Listener listener = node.listen();
    assertThat(listener.told()).hasSize(4);
    node.exit("c");
    assertThat(listener.subscription().next()).isPresent();
    Thread.currentThread().interrupt();
    listener.subscription().delivered();
    assertThat(Thread.interrupted()).isTrue();
    node.stopPod("p");
    assertThat(listener.told()).containsExactly("p STOPPED");
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  /** What could not be written is made up for by the next event. */
  @Test
  void aNoteThatCouldNotBeWrittenIsWrittenLater() throws Exception {
    Listener listener = node.listen();
    assertThat(listener.told()).hasSize(4);
    Path file = directory.resolve("events");
    Path blocked = Files.createDirectory(directory.resolve("events.tmp"));
    node.restart(); // finds it, and can't write it anew
    listener = node.listen();
    node.exit("c");
    assertThat(listener.told()).containsExactly("c STOPPED");
    assertThat(file).content().doesNotContain("c STOPPED");
    Files.delete(blocked);
    node.stopPod("p");
    assertThat(listener.told()).containsExactly("p STOPPED");
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  @Test
  void aLongNoteIsCompacted() throws Exception {
    Listener listener = node.listen();
    for (int i = 0; i < 1_500; i++) {
      String pod = "pod-" + i;
      node.runPod(pod);
      node.pods.remove(pod);
      assertThat(listener.told()).endsWith(pod + " DELETED");
    }
    assertThat(Files.size(directory.resolve("events"))).isLessThan(2 << 20);
    node.restart();
    assertThat(node.listen().told()).isEmpty();
  }

  /** Whatever happens, and whenever the daemon is killed, the listener's list has no gap. */
  @Test
  void anyHistoryIsWhole() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      history(RandomGeneratorFactory.getDefault().create(seed), "s" + seed + "-");
    }
  }

  private void history(RandomGenerator random, String prefix) throws Exception {
    Listener listener = node.listen();
    List<String> told = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    String pod = prefix + "p";
    String container = prefix + "c";
    List<Runnable> steps =
        List.of(
            () -> node.runPod(pod),
            () -> node.create(container, pod),
            () -> node.start(container),
            () -> node.exit(container),
            () -> node.stopPod(pod),
            () -> node.containers.remove(container),
            () -> node.pods.remove(pod));
    expected.addAll(
        Stream.of("p CREATED", "p STARTED", "c CREATED", "c STARTED", "c STOPPED")
            .map(prefix::concat)
            .toList());
    expected.addAll(Stream.of("p STOPPED", "c DELETED", "p DELETED").map(prefix::concat).toList());
    for (Runnable step : steps) {
      step.run();
      if (random.nextBoolean()) {
        told.addAll(listener.told());
      }
      if (random.nextInt(3) == 0) {
        node.restart();
        if (random.nextInt(3) == 0) {
          node.restart();
        }
        listener = node.listen();
      }
    }
    told.addAll(listener.told());
    told.removeIf(line -> !line.startsWith(prefix));
    assertThat(told).as(prefix).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(told.stream().filter(line -> line.startsWith(container)))
        .containsExactlyElementsOf(
            expected.stream().filter(line -> line.startsWith(container)).toList());
    listener.subscription().close();
  }
}
