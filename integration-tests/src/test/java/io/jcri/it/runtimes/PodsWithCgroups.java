package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What pods can do in addition when each container's processes are in a cgroup of its own. */
abstract class PodsWithCgroups extends SandboxedPods {
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
}
