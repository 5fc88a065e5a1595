package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.node.TestPod;
import java.io.IOException;
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
        "options = [\"--platform=systrap\", \"--ignore-cgroups\"]",
        "sandbox = \"container\"");
  }

  @Override
  void killSandbox(TestPod pod) throws IOException {
    kill(sandboxProcess(pod));
  }

  @Test
  void theKernelIsNotTheHosts() throws IOException {
    assertThat(pod().idle().sh("dmesg")).contains("Starting gVisor");
  }
}
