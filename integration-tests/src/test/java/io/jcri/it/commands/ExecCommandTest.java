package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri exec}: streams, end, terminal. */
class ExecCommandTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @Test
  void outputAndStatusAreTheCommands() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    Command.Result result =
        jcri.run("exec", "c1", "sh", "-c", "echo out; echo err >&2; exit 9", "--help");
    assertThat(result.out()).isEqualTo("out\n");
    assertThat(result.err()).isEqualTo("err\n");
    assertThat(result.exitCode()).isEqualTo(9);
    assertThat(jcri.out("exec", container.id(), "--", "hostname").strip())
        .isEqualTo(pod.config().getHostname());
    assertThat(jcri.run("exec", "c1", "sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    assertThat(jcri.refusal("exec", "c1", "no-such-program"))
        .startsWith("cannot run a command in c1");
    assertThat(jcri.out("exec", "c1", "sh", "-c", "head -c 3000000 /dev/zero | wc -c; exit 0"))
        .isEqualTo("3000000\n");
  }

  @Test
  void inputIsGivenUpToItsEnd() throws Exception {
    TestPod pod = NODE.pod();
    pod.idle();
    Process process =
        new ProcessBuilder(jcri.line("exec", "-i", "c1", "sh", "-c", "wc -c; echo after")).start();
    byte[] much = new byte[1_000_000];
    try (var in = process.getOutputStream()) {
      in.write(much);
    }
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("1000000\nafter\n");
    assertThat(process.waitFor()).isZero();
  }

  /** script(1) is the terminal of somebody who types. */
  @Test
  void aTerminalIsPassedOnWithItsSizeAndKeys() throws Exception {
    TestPod pod = NODE.pod();
    pod.idle();
    List<String> line = jcri.line("exec", "-it", "c1", "sh");
    String quoted = line.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    Process process =
        new ProcessBuilder(
                "script", "-qec", "stty rows 31 cols 77; " + quoted + "; stty -a", "/dev/null")
            .redirectErrorStream(true)
            .start();
    try (var in = process.getOutputStream();
        var out = process.inputReader()) {
      StringBuilder shown = new StringBuilder();
      type(in, "sleep 1; tty; stty size; echo is=$((40+2))\r");
      readUntil(out, shown, "is=42");
      assertThat(shown.toString()).contains("/dev/pts/", "31 77");
      type(in, "sleep 1000\r");
      readUntil(out, shown, "sleep 1000");
      Thread.sleep(300);
      type(in, "\003"); // ends what runs in the container, and not jcri
      type(in, "echo still=$((1+1))\r");
      readUntil(out, shown, "still=2");
      type(in, "exit 4\r");
      readUntil(out, shown, "baud");
      String rest = out.lines().collect(Collectors.joining("\n"));
      assertThat(rest).as("as it was").contains("isig icanon", " echo ");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  void aTerminalForInputNeedsOne() throws IOException {
    TestPod pod = NODE.pod();
    pod.idle();
    assertThat(jcri.run("exec", "-it", "c1", "sh").exitCode()).isEqualTo(2);
    assertThat(jcri.out("exec", "-t", "c1", "tty")).startsWith("/dev/pts/");
  }

  private static void type(java.io.OutputStream in, String keys) throws IOException {
    in.write(keys.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  private static void readUntil(java.io.Reader out, StringBuilder shown, String text)
      throws IOException {
    int from = shown.length();
    while (shown.indexOf(text, from) < 0) {
      int next = out.read();
      if (next < 0) {
        throw new IOException("ended before " + text + ": " + shown);
      }
      shown.append((char) next);
    }
  }
}
