package io.jcri.it.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.Refusals;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods of a handler that wants a container which the others are put into. */
class SandboxContainerTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @BeforeAll
  static void addHandlers() throws IOException {
    NODE.daemon().stop();
    Files.writeString(
        NODE.daemon().configuration(),
        """

        [handlers.boxed]
        binary = "runc"
        sandbox = "container"

        [handlers.wrong]
        binary = "runc"
        options = ["--no-such-option"]
        sandbox = "container"
        """,
        StandardOpenOption.APPEND);
    NODE.daemon().start();
  }

  private static TestPod boxed() throws IOException {
    return NODE.pod(NODE.podConfig(), "boxed");
  }

  private static Path files(TestPod pod) {
    return NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("container");
  }

  /** The first process of the sandbox container, as its OCI runtime knows it. */
  private static long process(TestPod pod) throws IOException {
    Path state =
        NODE.daemon().state().resolve("runtime/boxed").resolve(pod.id()).resolve("state.json");
    String text = Files.readString(state);
    String key = "\"init_process_pid\":";
    int from = text.indexOf(key) + key.length();
    return Long.parseLong(text.substring(from, text.indexOf(',', from)));
  }

  private static void awaitNotReady(TestPod pod) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY,
        () -> "pod " + pod.id() + " is still ready");
  }

  @Test
  void itIsThereBeforeTheOthersAndHasTheNamespacesOfThePod() throws IOException {
    TestPod pod = boxed();
    long first = process(pod);
    TestContainer container = pod.idle();
    for (String namespace : new String[] {"net", "ipc", "uts"}) {
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + first + "/ns/" + namespace)))
          .isEqualTo(
              Files.readSymbolicLink(Path.of("/proc/" + container.pid() + "/ns/" + namespace)));
    }
    assertThat(Files.readString(files(pod).resolve("bundle/config.json")))
        .contains("\"io.kubernetes.cri.container-type\":\"sandbox\"")
        .contains("\"resources\":{\"devices\":[{\"allow\":false")
        .contains("\"io.kubernetes.cri.sandbox-id\":\"" + pod.id() + "\"");
    assertThat(container.info())
        .contains("\"io.kubernetes.cri.container-type\":\"container\"")
        .contains("\"io.kubernetes.cri.sandbox-id\":\"" + pod.id() + "\"");
    assertThat(container.sh("hostname")).isEqualTo(pod.config().getHostname());
  }

  @Test
  void itGoesWithItsPod() throws IOException {
    TestPod pod = boxed();
    long first = process(pod);
    TestContainer container = pod.idle();
    pod.stop();
    assertThat(Path.of("/proc/" + first)).doesNotExist();
    assertThat(files(pod)).doesNotExist();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    pod.stop();
    pod.remove();
  }

  @Test
  void itsDeathIsThePods() throws IOException {
    TestPod pod = boxed();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(ProcessHandle.of(process(pod)).orElseThrow().destroyForcibly()).isTrue();
    awaitNotReady(pod);
    Refusals.assertRefused(
        () -> pod.create(pod.container("true")), Status.Code.FAILED_PRECONDITION, pod.id());
  }

  @Test
  void itLivesThroughARestartOfTheDaemon() throws IOException {
    TestPod pod = boxed();
    long first = process(pod);
    TestContainer container = pod.idle();
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    assertThat(container.sh("echo again")).isEqualTo("again");
    assertThat(ProcessHandle.of(first).orElseThrow().destroyForcibly()).isTrue();
    awaitNotReady(pod);
  }

  @Test
  void oneThatDiesWhileThereIsNoDaemonIsNoticed() throws IOException {
    TestPod pod = boxed();
    long first = process(pod);
    NODE.daemon().kill();
    assertThat(ProcessHandle.of(first).orElseThrow().destroyForcibly()).isTrue();
    NODE.daemon().start();
    awaitNotReady(pod);
  }

  @Test
  void oneThatCanNotBeStartedLeavesNoPod() throws IOException {
    Refusals.assertRefused(
        () -> NODE.pod(NODE.podConfig(), "wrong"),
        Status.Code.INTERNAL,
        "sandbox container",
        "no-such-option");
    NODE.assertNoPodIsLeft();
  }
}
