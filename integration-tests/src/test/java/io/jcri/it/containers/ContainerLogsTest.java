package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log file that the kubelet reads. */
class ContainerLogsTest {
  private static final int PIECE = 16 << 10;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void bothStreamsAreInTheLogWithTheirTimes() throws IOException {
    Instant before = Instant.now().minusSeconds(1);
    TestContainer container = NODE.pod().start("sh", "-c", "echo out; echo err >&2; printf last");
    container.awaitExit();
    List<CriLog.Line> log = container.log();

    assertThat(CriLog.text(log, "stdout").strip()).isEqualTo("out\nlast");
    assertThat(CriLog.text(log, "stderr")).isEqualTo("err\n");
    assertThat(log).allSatisfy(line -> assertThat(line.time()).isBetween(before, Instant.now()));
  }

  @Test
  void aLongLineIsCutInPiecesThatJoinToTheSame() throws IOException {
    int length = 5 * PIECE / 2;
    TestContainer container =
        NODE.pod()
            .start("sh", "-c", "head -c %d /dev/zero | tr '\\0' x; echo; echo y".formatted(length));
    container.awaitExit();
    List<CriLog.Line> log = container.log();

    assertThat(CriLog.text(log, "stdout")).isEqualTo("x".repeat(length) + "\ny\n");
    assertThat(log).allSatisfy(line -> assertThat(line.text().length()).isBetween(1, PIECE));
    assertThat(log).filteredOn(line -> !line.full()).hasSizeBetween(2, 4);
    assertThat(log.getLast().full()).isTrue();
  }

  @Test
  void everyLineOfManyIsThereInOrder() throws IOException {
    TestContainer container = NODE.pod().start("sh", "-c", "seq 1 200000; true");
    container.awaitExit();
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 200_000; i++) {
      expected.append(i).append('\n');
    }
    assertThat(CriLog.text(container.log(), "stdout").equals(expected.toString())).isTrue();
  }

  @Test
  void reopeningLosesNothing() throws IOException {
    TestContainer container =
        NODE.pod().start("sh", "-c", "i=0; while :; do echo line $i; i=$((i+1)); done");
    container.awaitLog("line 1000");
    List<Path> rotated = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Path aside = container.logFile().resolveSibling("rotated." + i);
      Files.move(container.logFile(), aside);
      rotated.add(aside);
      container.reopenLog();
      Waiting.until(
          Duration.ofSeconds(30),
          () -> Files.exists(container.logFile()) && Files.size(container.logFile()) > 0,
          () -> "no new log file " + container.logFile());
    }
    container.stop(0);
    rotated.add(container.logFile());

    List<CriLog.Line> all = new ArrayList<>();
    for (Path file : rotated) {
      all.addAll(CriLog.read(file));
    }
    String text = CriLog.text(all, "stdout");
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size() - 1; i++) {
      assertThat(lines.get(i)).isEqualTo("line " + i);
    }
  }

  @Test
  void onlyTheLogOfARunningContainerCanBeReopened() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer created = pod.create(pod.container("true"));
    assertRefused(created::reopenLog, Status.Code.FAILED_PRECONDITION, created.id());
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(ended::reopenLog, Status.Code.FAILED_PRECONDITION, ended.id());
  }

  @Test
  void withoutALogPathThereIsNoLog() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(pod.container("sh", "-c", "seq 1 100000; exit 5").setLogPath(""));
    assertThat(container.awaitExit().getExitCode()).isEqualTo(5);
    assertThat(container.status().getLogPath()).isEmpty();
  }

  @Test
  void aTerminalIsOneStream() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(pod.container("sh", "-c", "tty; echo out; echo err >&2").setTty(true));
    container.awaitExit();
    assertThat(container.log()).allSatisfy(line -> assertThat(line.stream()).isEqualTo("stdout"));
    assertThat(CriLog.text(container.log(), "stdout"))
        .contains("/dev/pts/0")
        .contains("out")
        .contains("err");
  }

  /** A pod that has mounted its log directory must not have root write elsewhere for it. */
  @Test
  void aLinkBelowTheLogDirectoryIsNotFollowed() throws IOException {
    TestPod pod = NODE.pod();
    Path logs = Path.of(pod.config().getLogDirectory());
    Path elsewhere = Files.createDirectory(NODE.scratch().disk().resolve("elsewhere-" + pod.id()));
    Files.createSymbolicLink(logs.resolve("linked"), elsewhere);
    TestContainer container = pod.create(pod.container("true").setLogPath("linked/deep/0.log"));

    assertRefused(container::start, Status.Code.INTERNAL, "cannot open log");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void norIsOneThatComesBeforeARotation() throws IOException {
    TestPod pod = NODE.pod();
    Path logs = Path.of(pod.config().getLogDirectory());
    Path elsewhere = Files.createDirectory(NODE.scratch().disk().resolve("elsewhere-" + pod.id()));
    TestContainer container = pod.create(pod.container("sleep", "1000").setLogPath("folder/0.log"));
    container.start();
    assertThat(Files.getPosixFilePermissions(logs.resolve("folder")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(logs.resolve("folder"), logs.resolve("moved"));
    Files.createSymbolicLink(logs.resolve("folder"), elsewhere);

    assertRefused(container::reopenLog, Status.Code.INTERNAL, "cannot open log");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void theWayToTheLogDirectoryMayBeALink() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    Path logs = Path.of(config.getLogDirectory());
    Path link = Files.createSymbolicLink(logs.resolveSibling(logs.getFileName() + "-link"), logs);
    TestPod pod = NODE.pod(config.setLogDirectory(link.toString()));
    TestContainer container = pod.create(pod.container("echo", "said").setLogPath("made/0.log"));
    container.start();
    container.awaitExit();

    assertThat(CriLog.text(CriLog.read(logs.resolve("made/0.log")), "stdout")).isEqualTo("said\n");
  }
}
