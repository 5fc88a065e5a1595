package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** gVisor by its shim for containerd. */
@EnabledIf("io.jcri.it.runtimes.Shims#gvisorAvailable")
class GvisorShimTest extends SandboxedPods {
  @BeforeAll
  static void addHandler() throws IOException {
    Path settings = NODE.scratch().disk().resolve("runsc.toml");
    Files.writeString(
        settings,
        """
        binary_name = "%s"
        [runsc_config]
        platform = "systrap"
        ignore-cgroups = "true"
        """
            .formatted(Gvisor.program()));
    configure(
        "shim = \"%s\"".formatted(Shims.gvisor(NODE.scratch().disk())),
        "shim_config = \"%s\"".formatted(settings));
  }

  @Override
  void killSandbox(TestPod pod) throws IOException {
    kill(sandboxProcess(pod));
  }

  @Test
  void theDeathOfTheShimIsThatOfAll() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    kill(foreignShim(pod));
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
