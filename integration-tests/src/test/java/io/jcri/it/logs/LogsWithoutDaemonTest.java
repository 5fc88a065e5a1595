package io.jcri.it.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Containers write, from the first line to the last, while there is no daemon, or one that hangs.
 */
class LogsWithoutDaemonTest {
  private static final int WRITERS =
      Integer.parseInt(System.getenv().getOrDefault("JCRI_LOG_WRITERS", "10"));
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void prepare() throws IOException {
    Load.prepare(NODE);
  }

  @Test
  void aDeadDaemonCostsNoLine() throws IOException {
    List<TestContainer> writers = writers();
    List<Integer> pids = pids(writers);
    NODE.daemon().kill();
    go();
    awaitEnd(pids);
    NODE.daemon().start();
    assertAllIsThere(writers);
  }

  @Test
  void norDoesOneThatHangs() throws IOException {
    List<TestContainer> writers = writers();
    List<Integer> pids = pids(writers);
    signal("STOP");
    try {
      go();
      awaitEnd(pids);
    } finally {
      signal("CONT");
    }
    assertAllIsThere(writers);
  }

  private static void assertAllIsThere(List<TestContainer> writers) throws IOException {
    for (TestContainer writer : writers) {
      assertThat(writer.awaitExit().getExitCode()).isZero();
      Load.assertWhole(writer, "stdout");
    }
  }

  /** They wait for a file. */
  private static List<TestContainer> writers() throws IOException {
    Files.createDirectories(gate());
    Files.deleteIfExists(gate().resolve("open"));
    TestPod pod = NODE.pod();
    List<TestContainer> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      var config = Load.writer(NODE, pod, WRITERS, "");
      config.setCommand(
          2, "while [ ! -e /gate/open ]; do sleep 0.05; done; " + config.getCommand(2));
      config.addMountsBuilder().setHostPath(gate().toString()).setContainerPath("/gate");
      writers.add(pod.start(config));
    }
    return writers;
  }

  private static void go() throws IOException {
    Files.createFile(gate().resolve("open"));
  }

  private static Path gate() {
    return NODE.scratch().disk().resolve("gate");
  }

  private static List<Integer> pids(List<TestContainer> containers) {
    return containers.stream().map(TestContainer::pid).toList();
  }

  private static void awaitEnd(List<Integer> pids) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> pids.stream().noneMatch(Witness::exists),
        () -> "containers still write, or wait to be reaped");
  }

  private static void signal(String name) throws IOException {
    Command.of("kill", "-" + name, Long.toString(NODE.daemon().process().pid())).run().orThrow();
  }
}
