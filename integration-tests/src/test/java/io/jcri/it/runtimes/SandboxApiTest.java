package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.node.Refusals;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Pods whose sandbox is made by their shim, by containerd's sandbox API. */
@EnabledIf("io.jcri.it.runtimes.Shims#sandboxAvailable")
class SandboxApiTest extends PodsWithCgroups {
  private static final String BY_SHIM = "sandbox = \"shim\"";

  private static Path newer = Path.of("/");

  @BeforeAll
  static void addHandlers() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.addAll(List.of("shim = \"%s\"".formatted(Shims.sandbox()), BY_SHIM));
    if (Shims.runcAvailable()) {
      // A copy, by whose name the processes of this test are known.
      newer = Files.copy(Shims.runc(), NODE.scratch().disk().resolve("containerd-shim-runc-v2"));
      Files.setPosixFilePermissions(newer, PosixFilePermissions.fromString("rwxr-xr-x"));
      lines.addAll(List.of("[handlers.newer]", "shim = \"%s\"".formatted(newer), BY_SHIM));
    }
    if (Shims.gvisorAvailable()) {
      String table = new HandlerUnderTest.Runsc(Gvisor.program(), true).jcri(NODE.scratch());
      lines.addAll(List.of("[handlers.gvisor]", table, BY_SHIM));
    }
    configure(lines.toArray(String[]::new));
  }

  private static Path files(TestPod pod) {
    return NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("container");
  }

  @Override
  void killSandbox(TestPod pod) {
    kill(ForeignShims.of(pod));
  }

  @Override
  String whyNoUserNamespace() {
    return "the sandbox of its pods is their shim's";
  }

  @Test
  void theShimHasThePodAndNoContainerOfItsOwn() throws IOException {
    TestPod pod = pod();
    long shim = ForeignShims.of(pod);
    assertThat(sandboxProcess(pod)).isEqualTo(shim);
    assertThat(ProcessHandle.of(shim).orElseThrow().children()).isEmpty();
    TestContainer first = pod.idle();
    TestContainer second = pod.idle();
    assertThat(ProcessHandle.of(shim).orElseThrow().children())
        .extracting(ProcessHandle::pid)
        .containsExactlyInAnyOrder((long) first.pid(), (long) second.pid());
    assertThat(first.sh("hostname")).isEqualTo(pod.config().getHostname());
    pod.stop();
    assertThat(ProcessHandle.of(shim)).isEmpty();
    assertThat(files(pod)).doesNotExist();
    assertThat(second.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    pod.stop();
    pod.remove();
  }

  @Test
  void theShimIsToldOfThePod() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    TestPod pod = NODE.pod(config, HANDLER);
    String told =
        Files.readString(files(pod).resolve("create-sandbox"), StandardCharsets.ISO_8859_1);
    assertThat(told)
        .contains("runtime.v1.PodSandboxConfig")
        .contains(config.getMetadata().getUid())
        .contains(
            NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("ns/net").toString())
        .contains("io.kubernetes.cri.sandbox-id");
  }

  @Test
  void aPodInTheNodesNetworkHasOneToo() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    config.clearHostname();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    TestPod pod = NODE.pod(config, HANDLER);
    assertThat(pod.idle().sh("readlink /proc/self/ns/net").strip())
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
  }

  @Test
  void aShimThatDiesWhileThereIsNoDaemonIsNoticed() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    NODE.daemon().kill();
    kill(ForeignShims.of(pod));
    NODE.daemon().start();
    awaitNotReady(pod);
    assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
    Refusals.assertRefused(
        () -> pod.create(pod.container("true")), Status.Code.FAILED_PRECONDITION, pod.id());
    pod.stop();
    pod.remove();
  }

  @Test
  void aPodThatWasReadyStaysSoWhenAllItsContainersAreGone() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.start("sh", "-c", "exit 3");
    assertThat(container.awaitExit().getExitCode()).isEqualTo(3);
    container.remove();
    assertThat(pod.start("sh", "-c", "exit 4").awaitExit().getExitCode()).isEqualTo(4);
    assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
  }

  private static void assertHasNoSandboxApi(String handler, String shim) throws IOException {
    PodSandboxConfig config = NODE.podConfig().build();
    Refusals.assertRefused(
        () -> TestPod.run(NODE, config, handler),
        Status.Code.INTERNAL,
        "(handler " + handler + ")",
        shim + " has no sandbox API");
    NODE.assertNoPodIsLeft();
  }

  @Test
  void aShimWithoutTheApiIsRefused() throws IOException {
    assumeTrue(Shims.runcAvailable(), "there is no shim of containerd 2 here");
    assertHasNoSandboxApi("newer", newer.toString());
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process -> process.info().command().equals(Optional.of(newer.toString())));
  }

  @Test
  void gvisorsIsRefused() throws IOException {
    assumeTrue(Shims.gvisorAvailable(), "there is no gVisor here");
    assertHasNoSandboxApi("gvisor", "containerd-shim-runsc-v1");
  }
}
