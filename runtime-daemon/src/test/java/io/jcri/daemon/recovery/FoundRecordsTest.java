package io.jcri.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodMetadata;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the place of pods and containers whose records can't be read. */
class FoundRecordsTest {
  private static final String POD = "a".repeat(64);
  private static final String CONTAINER = "b".repeat(64);
  private static final String BOOT = "boot";

  @TempDir private Path directory;
  private Layout layout;
  private RecordStore<Pod> pods;
  private RecordStore<Container> containers;
  private FoundRecords records;

  @BeforeEach
  void open() throws IOException {
    layout = new Layout(directory.resolve("lib"), directory.resolve("run"));
    pods = new RecordStore<>(layout.podRecords(), Pod.class);
    containers = new RecordStore<>(layout.containerRecords(), Container.class);
    records = new FoundRecords(pods, containers, layout, Clock.system(), BOOT);
  }

  private void writeSpec() throws IOException {
    Path bundle = Files.createDirectories(layout.bundle(CONTAINER));
    Files.writeString(
        bundle.resolve("config.json"),
        """
        {"ociVersion":"1.2.0","annotations":{
          "io.kubernetes.cri.sandbox-id":"%s","io.kubernetes.cri.sandbox-name":"web-0",
          "io.kubernetes.cri.sandbox-namespace":"shop","io.kubernetes.cri.sandbox-uid":"u-1",
          "io.kubernetes.cri.container-name":"server","io.kubernetes.cri.image-name":"img:1"}}
        """
            .formatted(POD));
  }

  private static Path damaged(Path records, String id) throws IOException {
    return Files.writeString(records.resolve(id + ".json"), "{\"version\":99}\n{}");
  }

  private Collection<Container> readContainers() throws IOException {
    return records.read().unreadableContainers();
  }

  @Test
  void theirConfigTellsWhoseTheyAre() throws IOException {
    writeSpec();
    damaged(layout.containerRecords(), CONTAINER);
    damaged(layout.podRecords(), POD);
    FoundRecords.Found found = records.read();
    assertThat(found.unreadableContainers())
        .singleElement()
        .satisfies(container -> {
          assertThat(container.id()).isEqualTo(CONTAINER);
          assertThat(container.podId()).isEqualTo(POD);
          assertThat(container.phase()).isEqualTo(ContainerPhase.UNKNOWN);
          assertThat(container.createdAt()).isPositive();
          assertThat(container.config().name()).isEqualTo("server");
          assertThat(container.config().labels())
              .containsEntry("io.kubernetes.container.name", "server")
              .containsEntry("io.kubernetes.pod.uid", "u-1");
          assertThat(UnreadableContainer.why(container)).get().asString().contains("version is 99");
        });
    assertThat(found.unreadablePods())
        .singleElement()
        .satisfies(pod -> {
          assertThat(pod.id()).isEqualTo(POD);
          assertThat(pod.phase()).isEqualTo(PodPhase.NOT_READY);
          assertThat(pod.networkDue()).as("its address is its own").isTrue();
          assertThat(pod.config().metadata()).isEqualTo(new PodMetadata("web-0", "shop", "u-1", 0));
          assertThat(pod.config().annotations()).containsKey(UnreadableContainer.ANNOTATION);
        });
  }

  @Test
  void nothingElseNeedsToBeThere() throws IOException {
    damaged(layout.containerRecords(), CONTAINER);
    damaged(layout.podRecords(), POD);
    damaged(layout.podRecords(), "no id");
    assertThat(readContainers())
        .singleElement()
        .returns(CONTAINER, container -> container.config().name());
    assertThat(records.read().unreadablePods())
        .singleElement()
        .returns(POD, pod -> pod.config().metadata().name());
  }

  /** Without these they refuse a status, and crictl removes nothing without one. */
  @Test
  void itHasWhatTheKubeletAndCrictlWantOfAStatus() throws IOException {
    damaged(layout.containerRecords(), CONTAINER);
    damaged(layout.podRecords(), POD);
    assertThat(readContainers())
        .singleElement()
        .satisfies(container -> {
          assertThat(container.image().name()).isNotEmpty();
          assertThat(container.image().reference()).isNotEmpty();
          assertThat(container.createdAt()).isPositive();
        });
    assertThat(records.read().unreadablePods())
        .singleElement()
        .satisfies(pod -> {
          assertThat(pod.config().metadata().namespace()).isNotEmpty();
          assertThat(pod.config().metadata().uid()).isNotEmpty();
          assertThat(pod.createdAt()).isPositive();
        });
  }

  @Test
  void whatHasLeftSomethingIsThereThoughRecordsCannotBeListed() throws IOException {
    writeSpec();
    Files.delete(layout.containerRecords());
    Files.writeString(layout.containerRecords(), "no directory");
    assertThat(readContainers()).singleElement().returns(CONTAINER, Container::id);
    assertThat(records.read().unreadablePods()).isEmpty();
  }

  @Test
  void theRecordStaysWhateverBecomesOfItsObjectUntilThatIsRemoved() throws IOException {
    Path record = damaged(layout.containerRecords(), CONTAINER);
    Registry<Container> registry = new Registry<>("container", Container::id, containers);
    readContainers().forEach(registry::addUnreadable);
    assertThat(registry.isUnreadable(CONTAINER)).isTrue();
    assertThat(registry.updateAnyway(CONTAINER, c -> c.after(ContainerEvent.STOP)))
        .get()
        .returns(ContainerPhase.EXITED, Container::phase);
    assertThat(record).hasContent("{\"version\":99}\n{}");
    registry.remove(CONTAINER);
    assertThat(record).doesNotExist();
    assertThat(registry.isUnreadable(CONTAINER)).isFalse();
  }
}
