package io.jcri.daemon.recovery;

import static io.jcri.daemon.recovery.FoundNode.CONTAINER;
import static io.jcri.daemon.recovery.FoundNode.POD;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.core.Samples;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All of it in its order: what records tell of is taken up, and what none tells of is ended. */
class RecoveryTest {
  private static final String OTHER = "c".repeat(64);

  @TempDir private Path directory;
  private FoundNode node;

  @BeforeEach
  void open() throws IOException {
    node = new FoundNode(directory);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static void damage(Path records, String id) throws IOException {
    Files.writeString(records.resolve(id + ".json"), "{\"version\":99}\n{}");
  }

  @Test
  void whatRecordsTellOfIsTakenUp() throws IOException {
    node.podRecords.save(POD, Samples.in(Samples.pod(POD, 1), PodPhase.READY));
    node.containerRecords.save(
        CONTAINER, Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.RUNNING));
    Recovery recovery = node.recovery();
    recovery.takeUp();
    assertThat(node.pods.get(POD).orElseThrow().phase())
        .as("it was of another boot")
        .isEqualTo(PodPhase.NOT_READY);
    assertThat(node.containers.get(CONTAINER).orElseThrow().phase())
        .isEqualTo(ContainerPhase.EXITED);
    assertThat(recovery.isComplete()).isTrue();
  }

  @Test
  void whatCannotBeReadIsThereAndStays() throws IOException {
    damage(node.layout.podRecords(), POD);
    damage(node.layout.containerRecords(), CONTAINER);
    Path pod = Files.createDirectories(node.layout.pod(POD));
    Path container = Files.createDirectories(node.layout.container(CONTAINER));
    Recovery recovery = node.recovery();
    recovery.takeUp();
    recovery.endUnrecorded();
    assertThat(node.pods.isUnreadable(POD)).isTrue();
    assertThat(node.containers.isUnreadable(CONTAINER)).isTrue();
    assertThat(pod).exists();
    assertThat(container).exists();
    assertThat(node.asked("one")).isEmpty();
  }

  @Test
  void whatNoRecordTellsOfIsEnded() throws IOException {
    damage(node.layout.podRecords(), POD);
    Path pod = Files.createDirectories(node.layout.pod(OTHER));
    Path container = Files.createDirectories(node.layout.container(CONTAINER));
    Recovery recovery = node.recovery();
    recovery.takeUp();
    recovery.endUnrecorded();
    assertThat(node.asked("one")).containsExactly("--force " + CONTAINER);
    assertThat(node.asked("other")).containsExactly("--force " + CONTAINER);
    assertThat(container).doesNotExist();
    assertThat(pod).doesNotExist();
    assertThat(node.pods.get(POD)).isPresent();
  }

  @Test
  void aRootFileSystemOfNobodyGoes() throws IOException {
    Path snapshot = Files.createDirectories(node.layout.images().resolve("snapshots/" + CONTAINER));
    Recovery recovery = node.recovery();
    recovery.takeUp();
    recovery.endUnrecorded();
    assertThat(snapshot).doesNotExist();
  }

  @Test
  void whenNotAllCanBeListedNothingIsEnded() throws IOException {
    Path pod = Files.createDirectories(node.layout.pod(OTHER));
    Path checkpoint = Files.createDirectories(node.layout.checkpoint(OTHER));
    Files.delete(node.layout.containerRecords());
    Files.writeString(node.layout.containerRecords(), "no directory");
    Path container = Files.createDirectories(node.layout.container(CONTAINER));
    Recovery recovery = node.recovery();
    recovery.takeUp();
    recovery.endUnrecorded();
    assertThat(recovery.isComplete()).isFalse();
    assertThat(node.containers.isUnreadable(CONTAINER)).as("it has left files").isTrue();
    assertThat(container).exists();
    assertThat(pod).exists();
    assertThat(checkpoint).exists();
  }
}
