package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** containerd's own shim for runc. */
@EnabledIf("io.jcri.it.runtimes.Shims#runcAvailable")
class RuncShimTest extends PodsWithCgroups {
  @BeforeAll
  static void addHandler() throws IOException {
    configure("shim = \"%s\"".formatted(Shims.runc()));
  }

  @Override
  void killSandbox(TestPod pod) {
    kill(ForeignShims.of(pod));
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

  @Test
  void theShimsWordOfAnOomCountsWhereTheHostKnowsOfNone() throws IOException {
    TestPod pod = pod();
    TestContainer other = pod.idle();
    ContainerConfig.Builder config =
        pod.container(
            "sh",
            "-c",
            "until [ -e /go ]; do sleep 0.1; done; x=a; while :; do x=$x$x; done; true");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(32 << 20)
        .setMemorySwapLimitInBytes(32 << 20);
    TestContainer greedy = pod.start(config);
    NODE.daemon().kill();
    NODE.daemon().start();
    try (HiddenOomCount _ = new HiddenOomCount(greedy.pid())) {
      greedy.sh("touch /go");
      ContainerStatus status = greedy.awaitExit();
      assertThat(status.getReason()).isEqualTo("OOMKilled");
      assertThat(status.getExitCode()).isEqualTo(137);
    }
    assertThat(other.sh("echo alive").strip()).isEqualTo("alive");
    other.stop(0);
    assertThat(other.status().getReason()).isEqualTo("Error");
  }
}
