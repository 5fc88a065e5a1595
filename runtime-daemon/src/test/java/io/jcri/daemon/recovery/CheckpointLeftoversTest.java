package io.jcri.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.checkpoint.PodRestore;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.pod.UnreadablePod;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon that ended while it checkpointed has left paused goes on. */
class CheckpointLeftoversTest {
  private static final String POD = "a".repeat(64);
  private static final String CONTAINER = "b".repeat(64);
  private static final Map.Entry<String, String> WHY =
      Map.entry(UnreadableContainer.ANNOTATION, "why");

  @TempDir private Path directory;
  private Layout layout;
  private Registry<Pod> pods;
  private Registry<Container> containers;

  @BeforeEach
  void open() throws IOException {
    layout = new Layout(directory.resolve("lib"), directory.resolve("run"));
    pods = new Registry<>("pod", Pod::id, new RecordStore<>(layout.podRecords(), Pod.class));
    containers =
        new Registry<>(
            "container",
            Container::id,
            new RecordStore<>(layout.containerRecords(), Container.class));
    runtime("one", "exit 0");
    runtime("other", "exit 0");
    Files.createDirectories(layout.paused());
    Files.createDirectories(layout.restoring());
  }

  /** Writes down of whom it was asked what, and says something. */
  private void runtime(String name, String says) throws IOException {
    Path program = directory.resolve(name);
    Files.writeString(
        program,
        """
        #!/bin/sh
        for last; do before=$verb verb=$last; done
        echo "$before $verb" >> %s
        %s
        """
            .formatted(directory.resolve(name + ".asked"), says));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> asked(String name) throws IOException {
    Path file = directory.resolve(name + ".asked");
    // How old it is, it is asked by others.
    return Files.exists(file)
        ? Files.readAllLines(file).stream().filter(line -> line.startsWith("resume")).toList()
        : List.of();
  }

  private void end() {
    String config =
        "default_handler = \"one\"\n"
            + "[handlers.one]\nbinary = \"%1$s/one\"\n[handlers.other]\nbinary = \"%1$s/other\"\n"
                .formatted(directory);
    Pods allPods = Samples.part(Pods.class, pods);
    Containers allContainers = Samples.part(Containers.class, containers);
    new CheckpointLeftovers(
            allPods,
            allContainers,
            Handlers.find(
                ConfigFile.parse(config, "test"),
                layout,
                MadeUpNode.with(CgroupDriver.CGROUPFS)),
            layout,
            Samples.part(PodRestore.class, allPods, allContainers, layout))
        .end(true);
  }

  private Path paused(String stage) throws IOException {
    return Files.writeString(layout.paused().resolve(CONTAINER), stage);
  }

  private void knownPod(String handler) {
    pods.addLoaded(
        Samples.record(
            Pod.class,
            Map.of(
                "id",
                POD,
                "phase",
                PodPhase.READY,
                "config",
                Samples.record(PodConfig.class, Map.of("handler", handler)))));
  }

  private void container() {
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.RUNNING));
  }

  @Test
  void aContainerGoesOnByItsPodsHandlerAndHalfACheckpointGoes() throws IOException {
    knownPod("other");
    container();
    Path stage = Files.createDirectories(directory.resolve("stage/below"));
    Path note = paused(stage.getParent().toString());
    end();
    assertThat(asked("other")).containsExactly("resume " + CONTAINER);
    assertThat(asked("one")).isEmpty();
    assertThat(note).doesNotExist();
    assertThat(stage.getParent()).doesNotExist();
  }

  @Test
  void oneOfAPodThatCannotBeReadGoesOnByWhicheverHandlerKnowsIt() throws IOException {
    pods.addUnreadable(UnreadablePod.of(POD, WHY, Map.of(), 1, "boot"));
    container();
    runtime("one", "echo '{\"msg\":\"container does not exist\"}' >&2; exit 1");
    Path note = paused("");
    end();
    assertThat(asked("one")).containsExactly("resume " + CONTAINER);
    assertThat(asked("other")).containsExactly("resume " + CONTAINER);
    assertThat(note).doesNotExist();
  }

  @Test
  void soDoesOneThatDoesNotTellItsPod() throws IOException {
    containers.addUnreadable(
        UnreadableContainer.of(CONTAINER, "why", layout.bundle(CONTAINER), 1, "boot"));
    Path note = paused("");
    end();
    assertThat(asked("other")).containsExactly("resume " + CONTAINER);
    assertThat(note).doesNotExist();
  }

  @Test
  void theNoteStaysUntilItGoesOn() throws IOException {
    pods.addUnreadable(UnreadablePod.of(POD, WHY, Map.of(), 1, "boot"));
    container();
    runtime("one", "echo '{\"msg\":\"cgroup is busy\"}' >&2; exit 1");
    Path note = paused("");
    end();
    assertThat(asked("other")).as("one that fails keeps nobody from it").hasSize(1);
    assertThat(note).exists();
  }

  @Test
  void whatNobodyWaitsForGoes() throws IOException {
    Path gone = paused("");
    Path waiting = Files.createDirectories(layout.checkpoint(CONTAINER));
    Path left = Files.createDirectories(layout.checkpoint("c".repeat(64)));
    containers.addLoaded(Samples.in(Samples.container(CONTAINER, POD, 1), ContainerPhase.CREATED));
    knownPod("one");
    end();
    assertThat(gone).doesNotExist();
    assertThat(waiting).exists();
    assertThat(left).doesNotExist();
  }

  @Test
  void halfAPodGoes() throws IOException {
    Path note = Files.writeString(layout.restoring().resolve(POD), "");
    end();
    assertThat(note).doesNotExist();
  }

  /** Whatever runs for the capture has its stage as an argument. */
  @Test
  void aCaptureThatIsStillAtWorkIsEndedFirst() throws Exception {
    knownPod("one");
    container();
    Path stage = Files.createDirectories(directory.resolve("stage"));
    Process capture = new ProcessBuilder("sh", "-c", "read x", "sh", stage.toString()).start();
    Path note = paused(stage.toString());
    end();
    assertThat(capture.waitFor()).isEqualTo(137);
    assertThat(note).doesNotExist();
  }
}
