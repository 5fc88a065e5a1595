package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The file system of the daemon's root directory is small, and then full. */
class FullDiskTest {
  private static final int SIZE = 48 << 20;

  @RegisterExtension
  static final TestNode NODE =
      new TestNode(scratch -> {
        Path root = Files.createDirectory(scratch.disk().resolve("lib"));
        Command.of("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "jct", root.toString())
            .run()
            .orThrow();
      });

  @AfterEach
  void makeRoom() throws IOException {
    Files.deleteIfExists(ballast());
  }

  @Test
  void anImageThatDoesNotFitIsRefusedAndItsSpaceComesBack() throws IOException {
    byte[] noise = new byte[SIZE];
    new java.util.Random(3).nextBytes(noise);
    String reference =
        NODE.registry()
            .push(
                "huge",
                "1",
                TestImages.busybox().withLayer(Layer.of(TarEntry.file("noise", 0644, noise))));
    long before = free();
    String message = assertRefused(() -> NODE.pull(reference), Code.RESOURCE_EXHAUSTED, reference);
    assertThat(message).containsIgnoringCase("no space");
    assertThat(free()).isGreaterThan(before - (1 << 20));
    assertThat(NODE.pod().idle().sh("echo fine")).isEqualTo("fine");
  }

  @Test
  void noPodOrContainerIsMadeOnAFullDiskAndAllWorksAgainWhenThereIsRoom() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer running = pod.idle();
    fill();
    PodSandboxConfig config = NODE.podConfig().build();
    assertRefused(
        () -> TestPod.run(NODE, config, ""),
        Code.RESOURCE_EXHAUSTED,
        NODE.daemon().root().toString());
    assertRefused(() -> pod.create(pod.container("true")), Code.RESOURCE_EXHAUSTED);
    assertThat(running.sh("echo still here")).isEqualTo("still here");

    makeRoom();
    assertThat(TestPod.run(NODE, config, "")).isNotEmpty();
    assertThat(pod.start("true").awaitExit().getExitCode()).isZero();
  }

  @Test
  void whatRunsCanBeStoppedAndRemovedOnAFullDisk() throws IOException {
    TestPod pod = NODE.pod();
    pod.idle();
    fill();
    pod.stop();
    pod.remove();
    NODE.assertNoPodIsLeft();
  }

  private static Path ballast() {
    return NODE.daemon().root().resolve("ballast");
  }

  private static void fill() throws IOException {
    byte[] piece = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (true) {
        out.write(piece);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private static long free() throws IOException {
    return Files.getFileStore(NODE.daemon().root()).getUsableSpace();
  }
}
