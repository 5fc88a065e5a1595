package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri top} on a terminal, which script(1) makes. */
class TopCommandTest {
  private static final String OTHER_SCREEN = "\033[?1049h";
  private static final String SCREEN_BEFORE = "\033[?25h\033[?1049l";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  /** One person's terminal. */
  private record Session(Process process, OutputStream keys, Reader screen, StringBuilder shown) {
    void type(String key) throws IOException {
      keys.write(key.getBytes(StandardCharsets.US_ASCII));
      keys.flush();
    }

    /** What was shown since the last time, until a text comes. */
    String readUntil(String text) throws IOException {
      int from = shown.length();
      while (shown.indexOf(text, from) < 0) {
        int next = screen.read();
        if (next < 0) {
          throw new IOException("ended before " + text + ": " + shown);
        }
        shown.append((char) next);
      }
      return shown.substring(from);
    }
  }

  private Session open(int rows, int columns) throws IOException {
    String top =
        jcri.line("top", "-d", "0.3").stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    Process process =
        new ProcessBuilder(
                // A shell that is started in the background has its children ignore interrupts.
                "env",
                "--default-signal=INT,QUIT",
                "script",
                "-qec",
                "trap : INT; stty rows %d cols %d; %s; echo status=$?; stty -a"
                    .formatted(rows, columns, top),
                "/dev/null")
            .redirectErrorStream(true)
            .start();
    return new Session(
        process, process.getOutputStream(), process.inputReader(), new StringBuilder());
  }

  /** The last whole screen, without what sets colours and places. */
  private static String frame(Session session) throws IOException {
    session.readUntil("\033[H");
    return session.readUntil("\033[J").replaceAll("\033\\[[0-9;?]*[A-Za-z]", "").replace("\r", "");
  }

  @Test
  void itGoesOnUntilQIsPressedAndIsSortedByKeys() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer busy = pod.start("sh", "-c", "while :; do :; done");
    Session session = open(12, 60);
    try {
      session.readUntil(OTHER_SCREEN);
      session.readUntil(", by cpu; keys:");
      String frame = frame(session);
      assertThat(frame).contains("POD ", " CONTAINER ", " CPU %", "it/");
      assertThat(frame.lines()).allMatch(line -> line.length() <= 60);
      TestContainer second = pod.idle();
      session.readUntil("2 running, by cpu");
      session.type("m");
      session.readUntil("2 running, by memory");
      session.type("n");
      session.readUntil("2 running, by name");
      session.type("x");
      second.stop(0);
      session.readUntil("1 running, by name");
      session.type("q");
      session.readUntil(SCREEN_BEFORE);
      session.readUntil("status=0");
      assertAsItWas(session.readUntil("extproc"));
      busy.stop(0);
    } finally {
      session.process.destroy();
      session.process.waitFor();
    }
  }

  @Test
  void theTerminalIsAsItWasAfterAnInterrupt() throws Exception {
    NODE.pod().idle();
    Session session = open(6, 200);
    try {
      session.readUntil("1 running");
      assertThat(frame(session)).contains(" RESTARTS");
      session.type("\003");
      session.readUntil(SCREEN_BEFORE);
      session.readUntil("status=130");
      assertAsItWas(session.readUntil("extproc"));
    } finally {
      session.process.destroy();
      session.process.waitFor();
    }
  }

  /** By what stty(1) tells. */
  private static void assertAsItWas(String settings) {
    assertThat(settings).containsPattern("\\sisig icanon\\s").containsPattern("\\secho\\s");
  }

  @Test
  void whereThereIsNoTerminalItTellsOnce() throws IOException {
    NODE.pod().idle();
    assertThat(jcri.out("top", "-d", "0.1", "--sort", "memory"))
        .doesNotContain("\033")
        .startsWith("POD ")
        .hasLineCount(2);
    assertThat(jcri.run("top", "--sort", "colour").exitCode()).isEqualTo(2);
  }
}
