package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A shim is killed: its container runs on below another one, and nobody else notices. */
class LostShimTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String COUNTING =
      "trap 'exit 7' TERM; i=0; while :; do echo line $i; i=$((i+1)); sleep 0.01; done";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final TestPod pod;
  private final TestContainer container;
  private final int process;

  LostShimTest() throws IOException {
    pod = NODE.pod();
    container = pod.start("sh", "-c", COUNTING);
    container.awaitLog("line 5");
    process = container.pid();
  }

  @Test
  void theContainerRunsOnAndEndsWithItsOwnCode() throws IOException {
    killShim();
    assertRunsOn();
    container.stop(60);
    assertEnded();
  }

  @Test
  void itDoesSoWhenTheDaemonWasKilledToo() throws IOException {
    int shim = container.shimPid();
    NODE.daemon().kill();
    signal("KILL", shim);
    NODE.daemon().start();
    assertRunsOn();
    NODE.daemon().kill();
    NODE.daemon().start();
    assertRunsOn();
    container.stop(60);
    assertEnded();
  }

  @Test
  void aStopThatComesAtTheSameMomentSignalsOnce() throws IOException {
    int shim = container.shimPid();
    signal("KILL", shim);
    container.stop(60);
    assertEnded();
  }

  @Test
  void oneAfterTheOtherMayDie() throws IOException {
    for (int i = 0; i < 5; i++) {
      killShim();
      assertRunsOn();
    }
    container.stop(60);
    assertEnded();
    pod.stop();
    pod.remove();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void anEndFromOutsideIsToldAsItWas() throws IOException {
    killShim();
    signal("KILL", process);
    ContainerStatus status = container.awaitExit();
    assertThat(status.getExitCode()).isEqualTo(128 + 9);
    assertThat(status.getMessage()).isEmpty();
  }

  @Test
  void itsLogCanBeRotated() throws IOException {
    killShim();
    assertRunsOn();
    java.nio.file.Files.move(container.logFile(), container.logFile().resolveSibling("rotated"));
    container.reopenLog();
    Waiting.until(PATIENCE, () -> !container.log().isEmpty(), () -> "nothing in the new log");
    container.stop(0);
  }

  /** Returns when another one answers. */
  private void killShim() throws IOException {
    int shim = container.shimPid();
    signal("KILL", shim);
    Waiting.until(PATIENCE, () -> container.shimPid() != shim, () -> "no other shim than " + shim);
  }

  private void assertRunsOn() throws IOException {
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    assertThat(Witness.exists(process)).isTrue();
    assertThat(container.sh("echo here")).isEqualTo("here");
    int seen = container.log().size();
    Waiting.until(PATIENCE, () -> container.log().size() > seen, () -> "the log has ended");
  }

  /** No line is missing where the log does not say so; the shim may have had some unwritten. */
  private void assertEnded() throws IOException {
    ContainerStatus status = container.awaitExit();
    assertThat(status.getExitCode()).isEqualTo(7);
    assertThat(status.getReason()).isEqualTo("Error");
    assertThat(status.getStartedAt()).isPositive().isLessThan(status.getFinishedAt());
    Waiting.until(PATIENCE, () -> !Witness.exists(process), () -> "it lives on: " + process);
    List<String> log = container.log().stream().map(CriLog.Line::text).toList();
    assertThat(log).anyMatch(line -> line.contains("its shim died here"));
    int last = -1;
    boolean told = false;
    for (String line : log) {
      if (!line.startsWith("line ")) {
        told = true;
        continue;
      }
      int number = Integer.parseInt(line.substring("line ".length()));
      assertThat(number).isGreaterThan(last);
      assertThat(number == last + 1 || told).as("from %d to %d", last, number).isTrue();
      last = number;
      told = false;
    }
  }

  private static void signal(String name, int pid) throws IOException {
    Command.of("kill", "-" + name, Integer.toString(pid)).run().orThrow();
  }
}
