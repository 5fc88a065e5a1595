package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What runs goes on when what is on disk of it can't be read, and can be stopped and removed. */
class UnreadableRecordsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String REASON = "io.jcri.unreadable-record";

  @RegisterExtension static final TestNode NODE = new TestNode();

  enum Damage {
    FLIPPED {
      @Override
      void on(Path record) throws IOException {
        byte[] content = Files.readAllBytes(record);
        content[content.length / 2] ^= 1;
        Files.write(record, content);
      }
    },
    NEWER {
      @Override
      void on(Path record) throws IOException {
        String text = Files.readString(record, StandardCharsets.UTF_8);
        Files.writeString(record, text.replaceFirst("\"version\":1,", "\"version\":99,"));
      }
    },
    /** The disk fails: reading a directory is an I/O error that needs no broken disk. */
    UNREADABLE {
      @Override
      void on(Path record) throws IOException {
        Files.delete(record);
        Files.createDirectory(record);
      }
    };

    abstract void on(Path record) throws IOException;
  }

  @BeforeEach
  void pull() {
    String _ = NODE.pull(NODE.busybox());
  }

  private static void restartWith(Damage damage, Path... records) throws IOException {
    NODE.daemon().kill();
    for (Path record : records) {
      damage.on(record);
    }
    NODE.daemon().start();
  }

  private static List<Container> containers() {
    return NODE.cri()
        .runtime()
        .listContainers(ListContainersRequest.getDefaultInstance())
        .getContainersList();
  }

  private static List<PodSandbox> pods() {
    return NODE.cri()
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
        .getItemsList();
  }

  private static void awaitGone(int pid) throws IOException {
    Waiting.until(PATIENCE, () -> !Witness.exists(pid), () -> "process " + pid + " is there");
  }

  @ParameterizedTest
  @EnumSource
  void aContainerRunsOnAsUnknownUntilAClientStopsIt(Damage damage) throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    String name = container.status().getMetadata().getName();
    int pid = container.pid();
    Path record = Records.ofContainer(NODE, container.id());
    restartWith(damage, record);
    NODE.daemon().kill();
    NODE.daemon().start();

    assertThat(containers())
        .singleElement()
        .satisfies(row -> {
          assertThat(row.getId()).isEqualTo(container.id());
          assertThat(row.getState()).isEqualTo(ContainerState.CONTAINER_UNKNOWN);
          assertThat(row.getPodSandboxId()).isEqualTo(pod.id());
          assertThat(row.getMetadata().getName()).isEqualTo(name);
          assertThat(row.getLabelsMap())
              .containsEntry("io.kubernetes.pod.uid", pod.config().getMetadata().getUid());
          assertThat(row.getAnnotationsMap()).containsKey(REASON);
        });
    assertThat(container.status().getReason()).isEqualTo("RecordUnreadable");
    assertThat(container.status().getMessage()).contains("its record");
    assertThat(container.info()).contains("\"unreadable\"");
    assertThat(Witness.exists(pid)).isTrue();
    assertThat(record).exists();
    assertThat(pod.start("sh", "-c", "exit 3").awaitExit().getExitCode()).isEqualTo(3);

    int shim = shim(container.id());
    container.stop(1);
    awaitGone(pid);
    awaitGone(shim);
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(record).exists();
    container.remove();
    assertThat(containers()).noneMatch(row -> row.getId().equals(container.id()));
    assertThat(record).doesNotExist();
    assertThat(snapshots()).noneMatch(path -> path.toString().contains(container.id()));
  }

  @ParameterizedTest
  @EnumSource
  void aPodKeepsWhatItHasUntilAClientRemovesIt(Damage damage) throws IOException {
    TestPod pod = NODE.pod();
    TestContainer known = pod.idle();
    TestContainer unknown = pod.idle();
    List<Integer> pids = List.of(known.pid(), unknown.pid(), pod.pausePid());
    String name = pod.config().getMetadata().getName();
    restartWith(damage, Records.ofPod(NODE, pod.id()), Records.ofContainer(NODE, unknown.id()));

    assertThat(pods())
        .singleElement()
        .satisfies(row -> {
          assertThat(row.getId()).isEqualTo(pod.id());
          assertThat(row.getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
          assertThat(row.getMetadata().getName()).isEqualTo(name);
          assertThat(row.getAnnotationsMap()).containsKey(REASON);
        });
    assertThat(pod.status().getAnnotationsMap()).containsKey(REASON);
    assertThat(known.sh("echo here")).isEqualTo("here");
    assertThat(unknown.state()).isEqualTo(ContainerState.CONTAINER_UNKNOWN);
    assertThat(pids).allMatch(Witness::exists);
    assertThat(NODE.leases()).hasSize(1);

    pod.stop();
    for (int pid : pids) {
      awaitGone(pid);
    }
    assertThat(NODE.leases()).isEmpty();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    pod.remove();
    assertThat(pods()).isEmpty();
    assertThat(containers()).isEmpty();
    NODE.assertNoPodIsLeft();
  }

  @ParameterizedTest
  @EnumSource
  void layersStayUnderWhatStandsOnThem(Damage damage) throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    int pid = container.pid();
    Path image = NODE.daemon().root().resolve("image");
    Path snapshot = image.resolve("snapshots").resolve(container.id()).resolve("snapshot.json");
    Path layer = only(image.resolve("layers")).resolve("layer.json");
    if (damage == Damage.UNREADABLE) {
      restartWith(damage, snapshot, layer); // no file can take a directory's place, as a pull wants
    } else {
      restartWith(damage, snapshot, layer, only(image.resolve("images")));
    }
    NODE.cri()
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(NODE.busybox()))
                .build());
    String _ = NODE.pull(NODE.busybox());
    TestContainer fresh = pod.idle();
    assertThat(fresh.sh("echo there")).isEqualTo("there");
    fresh.remove();

    assertThat(container.pid()).isEqualTo(pid);
    assertThat(container.sh("ls /bin | wc -l")).as("files are found by name").isNotEqualTo("0");
    container.stop(0);
    container.remove();
    pod.remove();
    NODE.assertNoSnapshotIsLeft();
    assertThat(children(image.resolve("layers"))).as("only those of the image").hasSize(1);
  }

  @Test
  void aContainerThatNothingElseTellsOfIsRemoved() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    int pid = container.pid();
    NODE.daemon().kill();
    Damage.FLIPPED.on(Records.ofContainer(NODE, container.id()));
    Files.delete(
        NODE.daemon()
            .state()
            .resolve("containers")
            .resolve(container.id())
            .resolve("bundle/config.json"));
    NODE.daemon().start();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_UNKNOWN);
    assertThat(Witness.exists(pid)).isTrue();
    container.remove();
    awaitGone(pid);
    assertThat(containers()).isEmpty();
  }

  /** And when the disk is well again, all is as it was. */
  @Test
  void nothingEndsForInputOutputErrors() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    int pid = container.pid();
    Path image = NODE.daemon().root().resolve("image");
    List<Path> records =
        List.of(
            Records.ofPod(NODE, pod.id()),
            Records.ofContainer(NODE, container.id()),
            image.resolve("snapshots").resolve(container.id()).resolve("snapshot.json"),
            only(image.resolve("layers")).resolve("layer.json"),
            only(image.resolve("images")));
    NODE.daemon().kill();
    try {
      for (Path record : records) {
        failReadsOf(record);
      }
      NODE.daemon().start();
      assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_UNKNOWN);
      assertThat(pod.status().getAnnotationsMap().get(REASON)).contains("Input/output error");
      assertThat(Witness.exists(pid)).isTrue();
      NODE.daemon().kill();
    } finally {
      for (Path record : records) {
        var _ = Command.of("umount", record.toString()).run();
      }
    }
    NODE.daemon().start();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    assertThat(container.pid()).isEqualTo(pid);
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(container.sh("echo here")).isEqualTo("here");
  }

  /** As of a bad sector: so fail reads of a process's memory where it has none. */
  private static void failReadsOf(Path file) throws IOException {
    String memory = "/proc/" + ProcessHandle.current().pid() + "/mem";
    Command.of("mount", "--bind", memory, file.toString()).run().orThrow();
    assertThatThrownBy(() -> Files.readAllBytes(file)).hasMessageContaining("Input/output error");
  }

  private static int shim(String id) {
    String state = NODE.daemon().state().resolve("containers").resolve(id).toString();
    return ProcessHandle.allProcesses()
        .filter(
            process -> List.of(process.info().arguments().orElse(new String[0])).contains(state))
        .map(process -> (int) process.pid())
        .findFirst()
        .orElseThrow();
  }

  private static List<Path> snapshots() throws IOException {
    return children(NODE.daemon().root().resolve("image/snapshots"));
  }

  private static Path only(Path directory) throws IOException {
    assertThat(children(directory)).hasSize(1);
    return children(directory).getFirst();
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.toList();
    }
  }
}
