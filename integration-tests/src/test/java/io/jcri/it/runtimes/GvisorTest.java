package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** gVisor's runsc by its own program, through jcri's shim. */
@EnabledIf("io.jcri.it.runtimes.Gvisor#available")
class GvisorTest extends SandboxedPods {
  @BeforeAll
  static void addHandler() throws IOException {
    configure(
        "binary = \"%s\"".formatted(Gvisor.program()),
        "options = [\"--platform=systrap\"]",
        "sandbox = \"container\"");
  }

  @Override
  void killSandbox(TestPod pod) throws IOException {
    kill(sandboxProcess(pod));
  }

  /** The kubelet's limit of a pod is that of its sandbox, which holds all that runs in it. */
  @Test
  void aContainerThatOutgrowsItsPodsMemoryEndsAsOomKilled() throws IOException {
    TestPod pod = pod();
    Path limit = Cgroup.file(sandboxProcess(pod), "memory", "memory.limit_in_bytes", "memory.max");
    assertThat(limit.toString()).contains(pod.id());
    Files.writeString(limit, Integer.toString(256 << 20));
    TestContainer container = pod.start("sh", "-c", "x=a; while :; do x=$x$x; done; true");
    ContainerStatus status = container.awaitExit();
    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }

  @Test
  void theKernelIsNotTheHosts() throws IOException {
    assertThat(pod().idle().sh("dmesg")).contains("Starting gVisor");
  }
}
