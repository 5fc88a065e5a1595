package io.jcri.it.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerState;
import io.jcri.it.kit.Command;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Logs are rotated while they are written as fast as can be. */
class RotationTest {
  private static final int KEPT_UNPACKED = 2;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void prepare() throws IOException {
    Load.prepare(NODE);
  }

  @Test
  void noLineOfEitherStreamIsLostDoubledOrTorn() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start(Load.bothStreams(NODE, pod));
    List<Path> files = rotateToTheEnd(container);
    Load.assertWhole(files, "stdout");
    Load.assertWhole(files, "stderr");
  }

  @Test
  void norOneOfATerminal() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start(Load.writer(NODE, pod, 1, "").setTty(true));
    Load.assertWhole(rotateToTheEnd(container), "stdout");
  }

  /**
   * As the kubelet does: renamed, opened anew, and packed when it has another name than the last
   * two, by when nobody writes into it any more.
   */
  private static List<Path> rotateToTheEnd(TestContainer container) throws IOException {
    List<Path> files = new ArrayList<>();
    Path log = container.logFile();
    while (container.state() == ContainerState.CONTAINER_RUNNING && files.size() < 1000) {
      if (Files.size(log) == 0) {
        continue;
      }
      Path aside = log.resolveSibling("%s.%04d".formatted(log.getFileName(), files.size()));
      Files.move(log, aside);
      files.add(aside);
      try {
        container.reopenLog();
      } catch (io.grpc.StatusRuntimeException ended) {
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
        break;
      }
      if (files.size() > KEPT_UNPACKED) {
        int packed = files.size() - KEPT_UNPACKED - 1;
        Path old = files.get(packed);
        Command.of("gzip", "-1", old.toString()).run().orThrow();
        files.set(packed, Path.of(old + ".gz"));
      }
    }
    assertThat(container.awaitExit().getExitCode()).isZero();
    if (Files.exists(log)) {
      files.add(log);
    }
    Load.tell(files.size() + " files");
    assertThat(files).hasSizeGreaterThan(2);
    return files;
  }
}
