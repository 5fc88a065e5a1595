package io.jcri.it.restart;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One thing is broken, and only its own container suffers. */
class BrokenPartsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void aKilledShimIsNoticedAndItsContainerEnds() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer victim = pod.idle();
    TestContainer other = pod.idle();
    int process = victim.pid();
    signal("KILL", victim.shimPid());

    ContainerStatus status = victim.awaitExit();
    assertThat(status.getExitCode()).isNotZero();
    assertThat(status.getMessage()).contains("shim");
    Waiting.until(
        PATIENCE, () -> !Witness.exists(process), () -> "process " + process + " lives on");
    assertThat(other.sh("echo here")).isEqualTo("here");
    victim.remove();
  }

  @Test
  void aShimThatWasKilledWithTheDaemonIsFoundMissing() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer victim = pod.idle();
    TestContainer other = pod.idle();
    int process = victim.pid();
    int shim = victim.shimPid();
    NODE.daemon().kill();
    signal("KILL", shim);
    NODE.daemon().start();

    assertThat(victim.awaitExit().getMessage()).contains("shim");
    Waiting.until(
        PATIENCE, () -> !Witness.exists(process), () -> "process " + process + " lives on");
    assertThat(other.sh("echo here")).isEqualTo("here");
  }

  @Test
  void aShimThatDoesNotAnswerDelaysNobodyAndIsTakenUpWhenItDoes() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer silent = pod.idle();
    TestContainer other = pod.idle();
    int shim = silent.shimPid();
    signal("STOP", shim);
    try {
      NODE.daemon().kill();
      NODE.daemon().start();
      assertThat(other.sh("echo here")).isEqualTo("here");
      assertThat(silent.state()).isEqualTo(ContainerState.CONTAINER_UNKNOWN);
    } finally {
      signal("CONT", shim);
    }
    Waiting.until(
        PATIENCE,
        () -> silent.state() == ContainerState.CONTAINER_RUNNING,
        () -> "container %s is %s".formatted(silent.id(), silent.state()));
    assertThat(silent.sh("echo back")).isEqualTo("back");
  }

  @Test
  void aContainerWhoseShimDoesNotAnswerCanBeRemoved() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer silent = pod.idle();
    int shim = silent.shimPid();
    int process = silent.pid();
    signal("STOP", shim);
    NODE.daemon().kill();
    NODE.daemon().start();
    pod.stop();
    pod.remove();
    Waiting.until(
        PATIENCE,
        () -> !Witness.exists(process) && !Witness.exists(shim),
        () -> "process %d or shim %d lives on".formatted(process, shim));
    NODE.assertNoPodIsLeft();
  }

  @Test
  void aCorruptRecordHurtsItsOwnContainerOnly() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer victim = pod.idle();
    TestContainer other = pod.idle();
    int process = victim.pid();
    int shim = victim.shimPid();
    Path record = NODE.daemon().root().resolve("containers").resolve(victim.id() + ".json");
    NODE.daemon().kill();
    Files.writeString(record, "{\"version\":1,\"crc32c\":\"00000000\"}\n{torn");
    NODE.daemon().start();

    assertThat(other.sh("echo here")).isEqualTo("here");
    assertRefused(victim::status, Status.Code.NOT_FOUND, victim.id());
    Waiting.until(
        PATIENCE,
        () -> !Witness.exists(process) && !Witness.exists(shim),
        () -> "what nobody knows any more lives on: %d, %d".formatted(process, shim));
    Path aside = record.resolveSibling(record.getFileName() + ".bad");
    assertThat(aside).exists();
    Files.delete(aside);
  }

  @Test
  void aCorruptRecordOfAPodHurtsThatPodOnly() throws IOException {
    TestPod victim = NODE.pod();
    TestContainer lost = victim.idle();
    TestContainer other = NODE.pod().idle();
    Path record = NODE.daemon().root().resolve("pods").resolve(victim.id() + ".json");
    NODE.daemon().kill();
    Files.write(record, new byte[0]);
    NODE.daemon().start();

    assertThat(other.sh("echo here")).isEqualTo("here");
    assertRefused(victim::status, Status.Code.NOT_FOUND, victim.id());
    Path aside = record.resolveSibling(record.getFileName() + ".bad");
    assertThat(aside).exists();
    Files.delete(aside);
    Waiting.until(
        PATIENCE,
        () -> Files.notExists(NODE.daemon().state().resolve("pods").resolve(victim.id())),
        () -> "something is left of pod " + victim.id());
    // Its container is still listed, and the kubelet's to remove.
    lost.remove();
    assertRefused(lost::status, Status.Code.NOT_FOUND, lost.id());
  }

  @Test
  void aShimNeedsItsBinaryNoMore() throws IOException {
    Path binary = Workspace.distribution().resolve("libexec/jcri-shim");
    Path aside = binary.resolveSibling("jcri-shim.aside");
    TestContainer container =
        NODE.pod().start("sh", "-c", "trap 'exit 8' TERM; while :; do sleep 0.05; done");
    Files.move(binary, aside);
    try {
      assertThat(container.sh("echo here")).isEqualTo("here");
      NODE.daemon().kill();
    } finally {
      Files.move(aside, binary);
    }
    NODE.daemon().start();
    assertThat(container.sh("echo here")).isEqualTo("here");
    container.stop(60);
    assertThat(container.status().getExitCode()).isEqualTo(8);
  }

  @Test
  void aKilledPauseProcessMakesThePodNotReady() throws IOException {
    TestPod pod = NODE.pod();
    signal("KILL", pod.pausePid());
    Waiting.until(
        PATIENCE,
        () -> pod.status().getState() == io.jcri.cri.v1.PodSandboxState.SANDBOX_NOTREADY,
        () -> "pod " + pod.id() + " is ready without its pause process");
  }

  private static void signal(String name, int pid) throws IOException {
    Command.of("kill", "-" + name, Integer.toString(pid)).run().orThrow();
  }
}
