package io.jcri.it.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.CriLog;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A state directory below which no socket has a path of 107 bytes: containers, terminals, execs and
 * a restart work as ever.
 */
class LongStatePathTest {
  private static final String V4 = "v4.channel.k8s.io";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private String before = "";

  private static Path deep() {
    return NODE.scratch().state().resolve("s".repeat(120)).resolve("t".repeat(60));
  }

  /** The CRI socket stays where clients find it. */
  @BeforeEach
  void moveState() throws IOException {
    NODE.daemon().stop();
    Path file = NODE.daemon().configuration();
    before = Files.readString(file);
    Path deep = deep();
    Files.createDirectories(NODE.daemon().state());
    Files.writeString(
        file,
        "socket = \"%s\"\n".formatted(NODE.daemon().socket())
            + before.replace(
                "state = \"%s\"".formatted(NODE.daemon().state()),
                "state = \"%s\"".formatted(deep)));
    NODE.daemon().start();
  }

  @AfterEach
  void moveBack() throws IOException {
    NODE.cri().removeAllPods();
    NODE.daemon().stop();
    Files.writeString(NODE.daemon().configuration(), before);
    NODE.daemon().start();
  }

  @Test
  void containersAndTerminalsWork() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer terminal = pod.create(pod.container("sh", "-c", "tty; sleep 1000").setTty(true));
    terminal.start();
    terminal.awaitLog("/dev/");
    TestContainer container = pod.idle();
    assertThat(container.sh("echo probe")).isEqualTo("probe");

    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(container.sh("echo again")).isEqualTo("again");
    String streamed = Urls.of(NODE, Urls.exec(container, "echo", "streamed"));
    try (SpdyClient client = SpdyClient.connect(streamed, V4)) {
      SpdyStream error = client.open("streamtype", "error");
      SpdyStream out = client.open("streamtype", "stdout");
      SpdyStream err = client.open("streamtype", "stderr");
      assertThat(out.rest()).isEqualTo("streamed\n");
      assertThat(err.rest()).isEmpty();
      assertThat(error.rest()).contains("Success");
    }
    String shown =
        Urls.of(NODE, Urls.exec(container, "tty").setTty(true).setStdin(true).setStderr(false));
    try (SpdyClient client = SpdyClient.connect(shown, V4)) {
      SpdyStream error = client.open("streamtype", "error");
      client.open("streamtype", "stdin");
      SpdyStream out = client.open("streamtype", "stdout");
      client.open("streamtype", "resize");
      assertThat(out.rest()).contains("/dev/pts/");
      assertThat(error.rest()).contains("Success");
    }
    assertThat(CriLog.text(terminal.log(), "stdout")).contains("/dev/");
  }

  @Test
  void theAdminSocketIsReachedToo() throws IOException {
    Path archive = Files.createTempFile(NODE.scratch().disk(), "none", ".tar");
    Command.Result result =
        Command.of(
                Workspace.distribution().resolve("bin/jcri").toString(),
                "load",
                "--socket",
                deep().resolve("admin.sock").toString(),
                archive.toString())
            .run();
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).isNotEmpty().doesNotContain("no jcri daemon answers");
  }
}
