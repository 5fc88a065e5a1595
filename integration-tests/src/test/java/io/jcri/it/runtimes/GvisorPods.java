package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What pods of gVisor do, whatever has started it. */
abstract class GvisorPods extends SandboxedPods {
  /** What grows until it is killed. */
  static final String GREEDY = "x=a; while :; do x=$x$x; done; true";

  /** The kubelet's limit of a pod is that of its sandbox, which holds all that runs in it. */
  static TestPod podWithLittleMemory() throws IOException {
    TestPod pod = pod();
    Path limit = Cgroup.file(sandboxProcess(pod), "memory", "memory.limit_in_bytes", "memory.max");
    assertThat(limit.toString()).contains(pod.id());
    Files.writeString(limit, Integer.toString(256 << 20));
    return pod;
  }

  @Override
  void killSandbox(TestPod pod) throws IOException {
    kill(sandboxProcess(pod));
  }

  @Test
  void aContainerThatOutgrowsItsPodsMemoryEndsAsOomKilled() throws IOException {
    TestPod pod = podWithLittleMemory();
    ContainerStatus status = pod.start("sh", "-c", GREEDY).awaitExit();
    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }

  @Test
  void theKernelIsNotTheHosts() throws IOException {
    assertThat(pod().idle().sh("dmesg")).contains("Starting gVisor");
  }
}
