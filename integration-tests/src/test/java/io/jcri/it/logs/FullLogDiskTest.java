package io.jcri.it.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The disk of the logs is full for a while. */
class FullLogDiskTest {
  private static final int SIZE = 4 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final List<Path> mounted = new ArrayList<>();

  @BeforeAll
  static void prepare() throws IOException {
    Load.prepare(NODE);
  }

  @AfterEach
  void unmount() throws IOException {
    for (Path mount : mounted) {
      Command.of("umount", "-l", mount.toString()).run().orThrow();
    }
  }

  @Test
  void theProgramGoesOnAndWhatIsNotInTheLogIsCounted() throws IOException {
    TestPod pod = podWithSmallDisk();
    Path logs = Path.of(pod.config().getLogDirectory());
    Path ballast = Files.write(logs.resolve("ballast"), new byte[SIZE / 2]);
    var config = Load.writer(NODE, pod, 1, "");
    String write = config.getCommand(2);
    config.setCommand(
        2, write + "; touch /written; while [ ! -e /go ]; do sleep 0.05; done; echo after");
    TestContainer container = pod.start(config);
    Waiting.until(
        PATIENCE,
        () -> container.exec("test", "-e", "/written").exitCode() == 0,
        () -> "the program waits for the disk");
    assertThat(logs.toFile().getUsableSpace()).as("the disk is full").isLessThan(64 << 10);
    NumberedLog full = NumberedLog.read(List.of(container.logFile()), "stdout");
    assertThat(full.wrong).as(full.toString()).isZero();

    Files.delete(ballast);
    container.awaitLog("bytes dropped]");
    container.sh("touch /go");
    assertThat(container.awaitExit().getExitCode()).isZero();
    assertThat(container.log().getLast().text()).isEqualTo("after");
    assertCounted(container);
  }

  /** The bytes in the log and those that marks tell of are what the program has written. */
  private static void assertCounted(TestContainer container) throws IOException {
    NumberedLog log = NumberedLog.read(List.of(container.logFile()), "stdout");
    Load.tell(log);
    long all = log.bytes + log.dropped;
    assertThat(log.dropped).as(log.toString()).isPositive();
    // "after" is no line of the program's; its last line fell on the full disk
    assertThat(log.wrong).as(log.toString()).isEqualTo(1);
    assertThat(all % 80).as("bytes of its last line").isBetween(40L, 60L);
  }

  private TestPod podWithSmallDisk() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    Path logs = Path.of(config.getLogDirectory());
    Command.of("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "jct", logs.toString())
        .run()
        .orThrow();
    mounted.add(logs);
    return NODE.pod(config);
  }
}
