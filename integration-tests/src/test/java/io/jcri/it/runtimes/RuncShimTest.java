package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** containerd's own shim for runc. */
@EnabledIf("io.jcri.it.runtimes.Shims#runcAvailable")
class RuncShimTest extends SandboxedPods {
  @BeforeAll
  static void addHandler() throws IOException {
    configure("shim = \"%s\"".formatted(Shims.runc()));
  }

  @Override
  void killSandbox(TestPod pod) {
    kill(foreignShim(pod));
  }

  @Test
  void aContainerThatOutgrowsItsMemoryEndsAsOomKilled() throws IOException {
    TestPod pod = pod();
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "x=a; while :; do x=$x$x; done; true");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(32 << 20)
        .setMemorySwapLimitInBytes(32 << 20);
    ContainerStatus status = pod.start(config).awaitExit();
    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }

  @Test
  void aRunningContainersLimitsChange() throws IOException {
    TestContainer container = pod().idle();
    container.update(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(128 << 20));
    assertThat(Cgroup.read(container, "memory", "memory.limit_in_bytes", "memory.max"))
        .isEqualTo(Integer.toString(128 << 20));
  }

  /** Its shim lives on with the others that are in it, until the last is gone. */
  @Test
  void theEndOfTheSandboxContainerIsThePods() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    kill(sandboxProcess(pod));
    awaitNotReady(pod);
    assertThat(container.sh("echo alive").strip()).isEqualTo("alive");
    pod.stop();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    pod.remove();
  }
}
