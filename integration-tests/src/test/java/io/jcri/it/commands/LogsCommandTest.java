package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri logs}. */
class LogsCommandTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @Test
  void linesComeAsTheyWereWritten() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            "sh",
            "-c",
            "echo error >&2; sleep 0.5; echo first; head -c 40000 /dev/zero | tr '\\0' x; echo; echo last");
    container.awaitExit();
    Command.Result all = jcri.run("logs", "c1");
    assertThat(all.exitCode()).isZero();
    assertThat(all.err()).isEqualTo("error\n");
    assertThat(all.out()).isEqualTo("first\n" + "x".repeat(40000) + "\nlast\n");
    assertThat(jcri.out("logs", "--tail", "2", container.id()))
        .isEqualTo("x".repeat(40000) + "\nlast\n");
    assertThat(jcri.out("logs", "--tail", "0", "c1")).isEmpty();
    assertThat(jcri.out("logs", "--since", "1h", "--tail", "1", "c1")).isEqualTo("last\n");
    assertThat(jcri.out("logs", "--since", "2099-01-01T00:00:00Z", "c1")).isEmpty();
    assertThat(jcri.out("logs", "-t", "--tail", "1", "c1")).matches("20[-0-9T:.]+Z last\n");
    assertThat(jcri.run("logs", "--since", "soon", "c1").exitCode()).isEqualTo(2);
  }

  @Test
  void theLastLinesAreOfBothStreams() throws IOException {
    TestPod pod = NODE.pod();
    pod.start(
            "sh",
            "-c",
            "echo a; sleep 0.2; echo b >&2; sleep 0.2; printf c; sleep 0.2; echo d >&2; echo")
        .awaitExit();
    Command.Result last = jcri.run("logs", "--tail", "3", "c1");
    assertThat(last.err()).isEqualTo("b\nd\n");
    assertThat(last.out()).isEqualTo("c\n");
  }

  /** As the kubelet rotates: it renames the file, and then has another one opened. */
  @Test
  void followingGoesThroughRotationsAndEndsWithTheContainer() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            "sh",
            "-c",
            "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; [ $((i % 10)) = 0 ] && usleep 10000; done");
    Process following = new ProcessBuilder(jcri.line("logs", "-f", "c1")).start();
    try (BufferedReader lines = following.inputReader()) {
      List<String> read = new ArrayList<>();
      for (int rotation = 1; rotation <= 3; rotation++) {
        while (read.size() < rotation * 500) {
          read.add(lines.readLine());
        }
        Path file = container.logFile();
        Files.move(file, file.resolveSibling(file.getFileName() + "." + rotation));
        container.reopenLog();
        // One that reads nothing of a file before that is gone as well can't know of it.
        Waiting.until(
            Duration.ofSeconds(10), () -> !container.log().isEmpty(), () -> "no line in " + file);
        String first = container.log().getFirst().text();
        while (!read.contains(first)) {
          read.add(lines.readLine());
        }
      }
      lines.lines().forEach(read::add);
      assertThat(read)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 3000).mapToObj(String::valueOf).toList());
    } finally {
      following.destroy();
      following.waitFor();
    }
  }

  @Test
  void aLinkInThePlaceOfALogIsNotFollowed() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start("true");
    container.awaitExit();
    Files.delete(container.logFile());
    assertThat(jcri.refusal("logs", "c1")).contains("there is no file ");
    Files.createSymbolicLink(container.logFile(), Path.of("/etc/shadow"));
    assertThat(jcri.refusal("logs", "c1")).contains(" is no plain file");
    Files.delete(container.logFile());
  }
}
