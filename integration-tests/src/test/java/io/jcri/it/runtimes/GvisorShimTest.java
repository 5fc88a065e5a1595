package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** gVisor by its shim for containerd. */
@EnabledIf("io.jcri.it.runtimes.Shims#gvisorAvailable")
class GvisorShimTest extends SandboxedPods {
  @BeforeAll
  static void addHandler() throws IOException {
    configure(new HandlerUnderTest.Runsc(Gvisor.program(), true).jcri(NODE.scratch()));
  }

  @Override
  void killSandbox(TestPod pod) throws IOException {
    kill(sandboxProcess(pod));
  }

  @Test
  void theDeathOfTheShimIsThatOfAll() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    kill(ForeignShims.of(pod));
    assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
    awaitNotReady(pod);
    pod.stop();
    pod.remove();
  }

  @Test
  void theKernelIsNotTheHosts() throws IOException {
    assertThat(pod().idle().sh("dmesg")).contains("Starting gVisor");
  }
}
