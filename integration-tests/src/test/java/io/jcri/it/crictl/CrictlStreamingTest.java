package io.jcri.it.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** crictl's exec, attach and port-forward, over both of its transports. */
class CrictlStreamingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern FORWARDING =
      Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+) -> 8080");

  @RegisterExtension static final TestNode NODE = new TestNode();

  private Tools tools = new Tools(Path.of("crictl"), Path.of("critest"));

  @BeforeEach
  void findTools() throws IOException {
    tools = CrictlTools.getOrSkip();
  }

  private Command crictl(String... arguments) {
    return tools.crictl(NODE.daemon().socket(), arguments);
  }

  private static Command shell(String line) {
    return Command.of("sh", "-c", line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spdy", "websocket"})
  void execTellsOutputAndExitCode(String transport) throws IOException {
    TestContainer container = NODE.pod().idle();
    Command.Result result =
        crictl("exec", "--transport", transport, container.id(), "sh", "-c", "echo hi; exit 7")
            .run();
    assertThat(result.out()).isEqualTo("hi\n");
    assertThat(result.err()).contains("exit code 7");
    assertThat(result.exitCode()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spdy", "websocket"})
  void execTakesInputToItsEnd(String transport) throws IOException {
    TestContainer container = NODE.pod().idle();
    String exec = crictl("exec", "-i", "--transport", transport, container.id(), "wc", "-c").line();
    assertThat(shell("head -c 1000000 /dev/zero | " + exec).run().orThrow().out().strip())
        .isEqualTo("1000000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spdy", "websocket"})
  void execHasATerminal(String transport) throws IOException {
    TestContainer container = NODE.pod().idle();
    String exec = crictl("exec", "-it", "--transport", transport, container.id(), "tty").line();
    // script(1) gives crictl a terminal of its own
    assertThat(Command.of("script", "-qec", exec, "/dev/null").run().orThrow().out())
        .contains("/dev/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spdy", "websocket"})
  void attachGivesInputOnce(String transport) throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start(pod.container("cat").setStdin(true).setStdinOnce(true));
    String attach = crictl("attach", "-i", "--transport", transport, container.id()).line();
    assertThat(shell("echo over and out | " + attach).run().orThrow().out())
        .isEqualTo("over and out\n");
    assertThat(container.awaitExit().getExitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spdy", "websocket"})
  void portForwardReachesAServer(String transport) throws IOException {
    TestPod pod = NODE.pod();
    pod.start(
            "sh",
            "-c",
            "echo page > /tmp/index.html; httpd -f -h /tmp -p 127.0.0.1:8080 & "
                + "until grep -q ':1F90 .* 0A ' /proc/net/tcp; do sleep 0.05; done; echo up; wait")
        .awaitLog("up");
    Path out = NODE.scratch().disk().resolve("forward-" + transport);
    Process process =
        new ProcessBuilder(
                crictl("port-forward", "--transport", transport, pod.id(), "0:8080").arguments())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      URI uri = URI.create("http://127.0.0.1:%d/".formatted(awaitPort(out)));
      for (int i = 0; i < 3; i++) {
        try (InputStream page = uri.toURL().openStream()) {
          assertThat(page.readAllBytes()).asString().isEqualTo("page\n");
        }
      }
    } finally {
      process.destroy();
      process.onExit().join();
    }
  }

  private static int awaitPort(Path output) throws IOException {
    int[] port = {0};
    Waiting.until(
        PATIENCE,
        () -> {
          Matcher matcher = FORWARDING.matcher(Files.readString(output));
          if (matcher.find()) {
            port[0] = Integer.parseInt(matcher.group(1));
          }
          return port[0] != 0;
        },
        () -> "crictl does not forward, see " + output);
    return port[0];
  }
}
