package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All that is left gets SIGTERM, as when the machine goes down, which waits until it has ended; and
 * then, unlike a machine, a daemon comes back.
 */
class DismissedShimTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void noShimOutlivesItsContainerThenAndNothingIsLost() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start("sh", "-c", "trap 'echo last words; exit 7' TERM; while :; do sleep 0.05; done");
    TestContainer other = pod.idle();
    int shim = container.shimPid();
    int first = container.pid();
    NODE.daemon().kill();
    terminate(shim);
    terminate(first);
    Waiting.until(
        PATIENCE, () -> Files.notExists(Path.of("/proc/" + shim + "/exe")), () -> "the shim lives");
    NODE.daemon().start();

    assertThat(container.awaitExit().getExitCode()).isEqualTo(7);
    assertThat(container.status().getReason()).isEqualTo("Error");
    assertThat(CriLog.text(container.log(), "stdout")).isEqualTo("last words\n");
    assertThat(other.sh("echo here")).isEqualTo("here");
    container.remove();
    pod.stop();
    pod.remove();
  }

  private static void terminate(int pid) throws IOException {
    Command.of("kill", "-TERM", Integer.toString(pid)).run().orThrow();
  }
}
