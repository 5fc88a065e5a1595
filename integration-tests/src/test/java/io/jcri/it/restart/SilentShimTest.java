package io.jcri.it.restart;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shim that somebody has stopped: what needs it says so, and its container can be ended. */
class SilentShimTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final TestPod pod;

  SilentShimTest() throws IOException {
    pod = NODE.pod();
  }

  @Test
  void thePodIsStoppedAndRemoved() throws IOException {
    TestContainer container = pod.idle();
    int process = container.pid();
    int shim = stopShim(container);
    pod.stop();
    assertEnded(container, 137, process, shim);
    pod.remove();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void aContainerIsRemoved() throws IOException {
    TestContainer container = pod.idle();
    int process = container.pid();
    int shim = stopShim(container);
    container.remove();
    awaitEnd(process, shim);
    assertRefused(container::status, Code.NOT_FOUND, container.id());
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void theStopSignalComesFirstAndTheExitCodeIsTheProgramsOwn() throws IOException {
    TestContainer container = trapping("exit 7");
    int process = container.pid();
    int shim = stopShim(container);
    container.stop(600);
    assertEnded(container, 7, process, shim);
  }

  @Test
  void oneThatHasEndedMeanwhileKeepsItsExitCode() throws IOException {
    TestContainer container = trapping("exit 9");
    int process = container.pid();
    int shim = stopShim(container);
    Command.of("kill", "-TERM", Integer.toString(process)).run().orThrow();
    pod.stop();
    assertEnded(container, 9, process, shim);
  }

  @Test
  void anEndOfWhichOnlyTheRecordTellsIsFound() throws IOException {
    TestContainer container = pod.idle();
    int process = container.pid();
    int shim = stopShim(container);
    Path record =
        NODE.daemon().state().resolve("containers").resolve(container.id()).resolve("exit");
    // As its shim writes it, before the daemon is told: here it never is.
    Files.writeString(
        record,
        "{\"version\":1,\"containerId\":\"%s\",\"pid\":%d,\"exitCode\":3,\"signal\":0,"
                .formatted(container.id(), process)
            + "\"startedAtNanos\":1795235482000000000,\"finishedAtNanos\":%d,"
                .formatted(System.currentTimeMillis() * 1_000_000)
            + "\"oomKilled\":false,\"killRequested\":false}\n");
    assertThat(container.awaitExit().getExitCode()).isEqualTo(3);
    awaitEnd(process, shim);
  }

  @Test
  void whatNeedsTheShimSaysSoAndWhatDoesNotWorks() throws Exception {
    TestContainer container = pod.idle();
    int shim = stopShim(container);
    FutureTask<?> endless = inThread(() -> refused(() -> container.exec("true")));
    FutureTask<?> limited = inThread(() -> refused(() -> container.exec(1, "true")));
    FutureTask<?> log = inThread(() -> refused(container::reopenLog));
    container.update(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(64 << 20));
    assertThat(
            NODE.cri()
                .runtime()
                .containerStats(
                    ContainerStatsRequest.newBuilder().setContainerId(container.id()).build())
                .getStats()
                .getMemory()
                .getWorkingSetBytes()
                .getValue())
        .isPositive();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    endless.get();
    limited.get();
    log.get();
    Command.of("kill", "-CONT", Integer.toString(shim)).run().orThrow();
    assertThat(container.sh("echo here")).isEqualTo("here");
  }

  private static void refused(Runnable call) {
    assertRefused(call::run, Code.UNAVAILABLE, "shim");
  }

  private static FutureTask<?> inThread(Runnable work) {
    FutureTask<?> task = new FutureTask<>(work, null);
    Thread.ofVirtual().start(task);
    return task;
  }

  private TestContainer trapping(String action) throws IOException {
    TestContainer container =
        pod.start(
            "sh", "-c", "trap '" + action + "' TERM; echo ready; while :; do sleep 0.05; done");
    container.awaitLog("ready");
    return container;
  }

  private static int stopShim(TestContainer container) throws IOException {
    int shim = container.shimPid();
    Command.of("kill", "-STOP", Integer.toString(shim)).run().orThrow();
    return shim;
  }

  private static void assertEnded(TestContainer container, int code, int... pids)
      throws IOException {
    ContainerStatus status = container.status();
    assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(status.getExitCode()).isEqualTo(code);
    assertThat(status.getMessage()).contains("shim");
    awaitEnd(pids);
  }

  private static void awaitEnd(int... pids) throws IOException {
    for (int pid : pids) {
      Waiting.until(PATIENCE, () -> !Witness.exists(pid), () -> "process " + pid + " lives on");
    }
  }
}
