package io.jcri.it.restart;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.PodSandboxState;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One thing is broken, and only its own container or pod suffers. */
class BrokenPartsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final TestPod pod;
  private final TestContainer victim;
  private final TestContainer other;
  private final int process;
  private final int shim;

  BrokenPartsTest() throws IOException {
    pod = NODE.pod();
    victim = pod.idle();
    other = pod.idle();
    process = victim.pid();
    shim = victim.shimPid();
  }

  @Test
  void aShimThatDoesNotAnswerDelaysNobodyAndIsTakenUpWhenItDoes() throws IOException {
    signal("STOP", shim);
    try {
      withoutDaemon(() -> {});
      assertIsWell(other);
      assertThat(victim.state()).isEqualTo(ContainerState.CONTAINER_UNKNOWN);
    } finally {
      signal("CONT", shim);
    }
    Waiting.until(
        PATIENCE,
        () -> victim.state() == ContainerState.CONTAINER_RUNNING,
        () -> "container %s is %s".formatted(victim.id(), victim.state()));
    assertIsWell(victim);
  }

  @Test
  void aContainerWhoseShimDoesNotAnswerCanBeRemoved() throws IOException {
    signal("STOP", shim);
    withoutDaemon(() -> {});
    pod.stop();
    pod.remove();
    awaitEnd(process, shim);
    NODE.assertNoPodIsLeft();
  }

  @Test
  void aShimThatTheDaemonHadNoTimeToLetGoIsEnded() throws IOException {
    withoutDaemon(() -> {
      signal("KILL", process);
      Path exit = NODE.daemon().state().resolve("containers").resolve(victim.id()).resolve("exit");
      Waiting.until(PATIENCE, () -> Files.exists(exit), () -> "no exit record " + exit);
      Records.exited(NODE, victim.id(), 137);
    });

    awaitEnd(shim);
    assertThat(victim.status().getExitCode()).isEqualTo(137);
    assertIsWell(other);
  }

  @Test
  void aContainerThatHasLostBothItsPodAndItsShimCanBeRemoved() throws IOException {
    Path record = Records.ofPod(NODE, pod.id());
    withoutDaemon(() -> {
      Files.write(record, new byte[0]);
      signal("KILL", shim);
    });

    victim.stop(0);
    awaitEnd(process);
    victim.remove();
    other.remove();
    pod.stop();
    pod.remove();
    assertThat(record).doesNotExist();
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aCreationThatCouldNotBeUndoneIsUndoneBeforeItIsRepeated() throws IOException {
    var config = pod.container("true");
    TestContainer half = pod.create(config);
    Path bundle = NODE.daemon().state().resolve("containers").resolve(half.id()).resolve("bundle");
    // What is mounted there can't be deleted.
    Command.of("mount", "-t", "tmpfs", "jct", bundle.toString()).run().orThrow();
    try {
      withoutDaemon(() -> Records.creating(NODE, half.id()));
      assertRefused(() -> pod.create(config), Code.INTERNAL, half.id());
    } finally {
      Command.of("umount", bundle.toString()).run().orThrow();
    }
    TestContainer whole = pod.create(config);
    assertThat(whole.id()).isNotEqualTo(half.id());
    whole.start();
  }

  @Test
  void aShimNeedsItsBinaryNoMore() throws IOException {
    Path binary = Workspace.distribution().resolve("libexec/jcri-shim");
    Path aside = binary.resolveSibling("jcri-shim.aside");
    TestContainer container =
        pod.start("sh", "-c", "trap 'exit 8' TERM; while :; do sleep 0.05; done");
    Files.move(binary, aside);
    try {
      assertIsWell(container);
      NODE.daemon().kill();
    } finally {
      Files.move(aside, binary);
    }
    NODE.daemon().start();
    assertIsWell(container);
    container.stop(60);
    assertThat(container.status().getExitCode()).isEqualTo(8);
  }

  @Test
  void namespacesThatSomebodyUnmountedArePinnedAgainForFurtherContainers() throws IOException {
    Path pins = NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("ns");
    TestContainer created = pod.create(pod.container("sleep", "1000"));
    unmountAll(pins);
    created.start();
    assertThat(created.sh("hostname; cat /sys/class/net/eth0/address"))
        .isEqualTo(victim.sh("hostname; cat /sys/class/net/eth0/address"));
    unmountAll(pins);
    assertIsWell(pod.idle());
    withoutDaemon(() -> unmountAll(pins));
    assertIsWell(pod.idle());
    assertThat(pod.idle().sh("readlink /proc/self/ns/ipc"))
        .isEqualTo(other.sh("readlink /proc/self/ns/ipc"));
  }

  private static void unmountAll(Path pins) throws IOException {
    try (Stream<Path> all = Files.list(pins)) {
      for (Path pin : all.toList()) {
        Command.of("umount", "-l", pin.toString()).run().orThrow();
      }
    }
  }

  @Test
  void aKilledPauseProcessMakesThePodNotReady() throws IOException {
    signal("KILL", pod.pausePid());
    Waiting.until(
        PATIENCE,
        () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY,
        () -> "pod " + pod.id() + " is ready without its pause process");
  }

  @FunctionalInterface
  private interface Breakage {
    void happen() throws IOException;
  }

  /** Kills the daemon and, once something else has happened, starts the next one. */
  private static void withoutDaemon(Breakage breakage) throws IOException {
    NODE.daemon().kill();
    breakage.happen();
    NODE.daemon().start();
  }

  private static void assertIsWell(TestContainer container) {
    assertThat(container.sh("echo here")).isEqualTo("here");
  }

  private static void awaitEnd(int... pids) throws IOException {
    for (int pid : pids) {
      Waiting.until(PATIENCE, () -> !Witness.exists(pid), () -> "process " + pid + " lives on");
    }
  }

  private static void signal(String name, int pid) throws IOException {
    Command.of("kill", "-" + name, Integer.toString(pid)).run().orThrow();
  }
}
