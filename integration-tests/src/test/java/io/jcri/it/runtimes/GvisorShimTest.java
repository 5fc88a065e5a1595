package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.Waiting;
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
class GvisorShimTest extends GvisorPods {
  @BeforeAll
  static void addHandler() throws IOException {
    configure(new HandlerUnderTest.Runsc(Gvisor.program(), true).jcri(NODE.scratch()));
    Path settings = NODE.scratch().disk().resolve("runsc.toml");
    Files.writeString(
        settings, Files.readString(settings).replace("ignore-cgroups = \"true\"\n", ""));
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
  void theShimsWordOfAnOomCountsWhereTheHostKnowsOfNone() throws IOException {
    TestPod pod = podWithLittleMemory();
    TestContainer greedy = pod.start("sh", "-c", "until [ -e /go ]; do sleep 0.1; done; " + GREEDY);
    try (HiddenOomCount _ = new HiddenOomCount(sandboxProcess(pod))) {
      greedy.sh("touch /go");
      assertThat(greedy.awaitExit().getReason()).isEqualTo("OOMKilled");
    }
  }

  /** Its shim ends when nobody takes what it publishes. */
  @Test
  void theShimIsHeardAgainWhenItsListenerWasKilled() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.idle();
    long first = ForeignShims.listener(pod).orElseThrow();
    kill(first);
    Waiting.until(
        PATIENCE,
        () -> ForeignShims.listener(pod).filter(now -> now != first).isPresent(),
        () -> "nobody listens");
    for (int i = 0; i < 3; i++) {
      assertThat(container.sh("echo alive").strip()).isEqualTo("alive");
    }
    assertThat(pod.start("sh", "-c", "exit 5").awaitExit().getExitCode()).isEqualTo(5);
  }
}
