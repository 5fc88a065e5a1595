package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestContainer.Exec;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ExecSync, the way the kubelet probes. */
class ExecSyncTest {
  private static final int LIMIT = 16 << 20;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void outputsAndExitCodeComeBack() throws IOException {
    Exec result = NODE.pod().idle().exec("sh", "-c", "echo out; echo err >&2; exit 5");
    assertThat(result).isEqualTo(new Exec(5, "out\n", "err\n"));
  }

  @Test
  void aCommandHasTheContainersUserEnvironmentAndFolder() throws IOException {
    TestPod pod = NODE.pod();
    var config = pod.container("sleep", "100000").setWorkingDir("/var/log");
    config.addEnvs(TestPod.variable("FRUIT", "pear = good"));
    config.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(33);
    TestContainer container = pod.start(config);

    assertThat(container.sh("echo $FRUIT; pwd; id -u; id -g"))
        .isEqualTo("pear = good\n/var/log\n33\n33");
  }

  @Test
  void aTimeoutEndsTheWholeTree() throws IOException {
    TestContainer container = NODE.pod().idle();
    assertRefused(
        () -> container.exec(1, "sh", "-c", "sleep 777 & sleep 778; true"),
        Status.Code.DEADLINE_EXCEEDED,
        container.id());
    Waiting.until(
        Duration.ofSeconds(20),
        () -> !container.sh("ps -o args").contains("sleep 77"),
        () -> "a process of the command lives on: " + container.sh("ps -o args"));
    assertThat(container.sh("echo alive")).isEqualTo("alive");
  }

  @Test
  void aTimeoutThatIsNotReachedChangesNothing() throws IOException {
    TestContainer container = NODE.pod().idle();
    for (long timeout : new long[] {60, Long.MAX_VALUE}) {
      assertThat(container.exec(timeout, "echo", "x")).isEqualTo(new Exec(0, "x\n", ""));
    }
  }

  @Test
  void aPipeThatABackgroundProcessInheritedDoesNotHoldTheReply() throws IOException {
    TestContainer container = NODE.pod().idle();
    Exec result = container.exec(100, "sh", "-c", "sleep 99999 & echo done");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("done\n");
  }

  @Test
  void outputBeyondTheMessageLimitIsCutAndTheCommandStillEnds() throws IOException {
    Exec result =
        NODE.pod().idle().exec("sh", "-c", "head -c 50000000 /dev/zero | tr '\\0' x; exit 3");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out().length()).isBetween(1 << 20, LIMIT);
    assertThat(result.out()).endsWith("x\n[jcri: the rest of this output was cut off]\n");
  }

  @Test
  void bothOutputsAtTheirLimitFitOneMessage() throws IOException {
    Exec result =
        NODE.pod()
            .idle()
            .exec(
                "sh",
                "-c",
                "head -c 20000000 /dev/zero | tr '\\0' x; head -c 20000000 /dev/zero | tr '\\0' y >&2");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().length()).isGreaterThan(1 << 20);
    assertThat(result.err().length()).isGreaterThan(1 << 20);
    assertThat(result.out().length() + result.err().length()).isLessThan(LIMIT);
  }

  @Test
  void aCommandThatIgnoresSignalsAndHoldsItsPipesIsEndedByTheTimeout() throws IOException {
    TestContainer container = NODE.pod().idle();
    assertRefused(
        () ->
            container.exec(
                1,
                "sh",
                "-c",
                "trap '' TERM INT HUP; (setsid sleep 666 &); while :; do sleep 665; done"),
        Status.Code.DEADLINE_EXCEEDED,
        container.id());
    Waiting.until(
        Duration.ofSeconds(20),
        () -> !container.sh("ps -o args").contains("sleep 66"),
        () -> "a process of the command lives on: " + container.sh("ps -o args"));
  }

  @Test
  void aProgramThatIsNotThereIsNamed() throws IOException {
    TestContainer container = NODE.pod().idle();
    assertRefused(
        () -> container.exec("/no/such/program"), Status.Code.INTERNAL, "/no/such/program");
    assertThat(Files.readString(NODE.daemon().log()))
        .as("probes fail all day")
        .doesNotContain("/no/such/program");
  }

  @Test
  void onlyARunningContainerTakesCommands() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer created = pod.create(pod.container("true"));
    assertRefused(() -> created.exec("true"), Status.Code.FAILED_PRECONDITION, created.id());
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(() -> ended.exec("true"), Status.Code.FAILED_PRECONDITION, ended.id());
    assertRefused(
        () ->
            NODE.cri()
                .runtime()
                .execSync(
                    ExecSyncRequest.newBuilder().setContainerId("nosuch").addCmd("x").build()),
        Status.Code.NOT_FOUND,
        "nosuch");
    TestContainer running = pod.idle();
    assertRefused(running::exec, Status.Code.INVALID_ARGUMENT, "cmd");
  }

  @Test
  void aCommandWhoseCallerHasGoneEnds() throws IOException {
    TestContainer container = NODE.pod().idle();
    HastyCalls.leave(NODE, container, "sleep", "98765");
    HastyCalls.leave(NODE, container, "sh", "-c", "sleep 87654 & sleep 87654");
  }

  /** However it meets the end of its container, the command is no internal error. */
  @Test
  void commandsThatMeetTheirContainersEndAreToldOfIt() throws Exception {
    TestPod pod = NODE.pod();
    for (int round = 0; round < 8; round++) {
      TestContainer container = pod.idle();
      try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
        var callers = new java.util.ArrayList<java.util.concurrent.Future<Status>>();
        for (int i = 0; i < 6; i++) {
          callers.add(threads.submit(() -> untilRefused(container)));
        }
        container.stop(0);
        container.remove();
        for (var caller : callers) {
          Status status = caller.get();
          assertThat(status.getCode())
              .as("%s", status)
              .isIn(Status.Code.FAILED_PRECONDITION, Status.Code.NOT_FOUND);
        }
      }
    }
  }

  private static Status untilRefused(TestContainer container) {
    while (true) {
      try {
        container.exec("true");
      } catch (StatusRuntimeException e) {
        return e.getStatus();
      }
    }
  }

  /** Either the command's own end is told, which was a kill, or the container's. */
  @Test
  void aCommandThatEndsItsContainerIsToldSo() throws IOException {
    TestPod pod = NODE.pod();
    for (int round = 0; round < 8; round++) {
      TestContainer container =
          pod.start("sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done");
      container.awaitLog("ready");
      try {
        assertThat(container.exec("sh", "-c", "kill 1; exec sleep 1000").exitCode()).isEqualTo(137);
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(e).hasMessageContaining("has ended");
      }
    }
  }

  @Test
  void manyCommandsAtOnceEachGetTheirOwnOutput() throws Exception {
    TestContainer container = NODE.pod().idle();
    try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new java.util.ArrayList<java.util.concurrent.Future<String>>();
      for (int i = 0; i < 20; i++) {
        String word = "word" + i;
        calls.add(threads.submit(() -> container.exec("echo", word).out()));
      }
      for (int i = 0; i < calls.size(); i++) {
        assertThat(calls.get(i).get()).isEqualTo("word" + i + "\n");
      }
    }
  }
}
