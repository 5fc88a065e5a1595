package io.jcri.it.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerState;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A container's own streams, the way kubectl attach takes them. */
class AttachTest {
  private static final String V4 = "v4.channel.k8s.io";

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** The four streams of a client without a terminal. */
  private record Attached(SpdyStream error, SpdyStream in, SpdyStream out, SpdyStream err) {
    static Attached to(SpdyClient client) throws IOException {
      return new Attached(
          client.open("streamtype", "error"),
          client.open("streamtype", "stdin"),
          client.open("streamtype", "stdout"),
          client.open("streamtype", "stderr"));
    }
  }

  private static SpdyClient client(TestContainer container) throws IOException {
    return SpdyClient.connect(Urls.of(NODE, Urls.attach(container)), V4);
  }

  @Test
  void stdinOnceEndsWithItsClientAndTheSessionWithTheContainer() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(pod.container("sh", "-c", "cat; echo end >&2").setStdin(true).setStdinOnce(true));
    try (SpdyClient client = client(container)) {
      Attached attached = Attached.to(client);
      attached.in.write("one\ntwo\n");
      attached.in.end();
      assertThat(attached.out.rest()).isEqualTo("one\ntwo\n");
      assertThat(attached.err.rest()).isEqualTo("end\n");
      assertThat(attached.error.rest()).contains("\"Success\"");
    }
    assertThat(container.awaitExit().getExitCode()).isZero();
  }

  @Test
  void leavingDoesNotTouchTheContainerAndOthersMayCome() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(pod.container("sh", "-c", "while read l; do echo got $l; done").setStdin(true));
    try (SpdyClient client = client(container)) {
      Attached attached = Attached.to(client);
      attached.in.write("a\n");
      attached.out.until("got a\n");
    }
    try (SpdyClient client = client(container);
        SpdyClient other = client(container)) {
      Attached attached = Attached.to(client);
      Attached onlooker = Attached.to(other);
      // The last of its streams lets a session begin; its first answer shows that it has.
      onlooker.in.write("o\n");
      onlooker.out.until("got o\n");
      attached.in.write("b\n");
      attached.out.until("got b\n");
      onlooker.out.until("got b\n");
    }
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    container.awaitLog("got b");
  }

  @Test
  void webSocketsAttachAsWell() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start(pod.container("cat").setStdin(true).setStdinOnce(true));
    String url = Urls.of(NODE, Urls.attach(container));
    try (ChannelClient client = new ChannelClient(url, "v5.channel.k8s.io")) {
      client.send(0, "hello\n");
      client.end(0);
      assertThat(client.awaitClose()).isEqualTo(1000);
      assertThat(client.text(1)).isEqualTo("hello\n");
      assertThat(client.text(3)).contains("Success");
    }
  }

  @Test
  void aTerminalIsSharedAndResized() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.start(pod.container("sh").setStdin(true).setTty(true));
    String url = Urls.of(NODE, Urls.attach(container).setTty(true).setStderr(false));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = client.open("streamtype", "error");
      SpdyStream in = client.open("streamtype", "stdin");
      SpdyStream out = client.open("streamtype", "stdout");
      SpdyStream resize = client.open("streamtype", "resize");
      resize.write("{\"Width\":99,\"Height\":44}");
      in.write(
          "until [ \"$(stty size)\" = '44 99' ]; do sleep 0.1; done; echo sized''now; exit 3\n");
      out.until("sizednow");
      out.rest();
      assertThat(error.rest()).contains("Success");
    }
    assertThat(container.awaitExit().getExitCode()).isEqualTo(3);
  }

  /** The container writes far more than all buffers on the way to a client that reads nothing. */
  @Test
  void aClientThatDoesNotReadSlowsNobody() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            pod.container(
                    "sh", "-c", "read x; head -c 60000000 /dev/zero | tr '\\0' x; echo; echo last")
                .setStdin(true));
    String url = Urls.of(NODE, Urls.attach(container));
    try (SpdyClient client = SpdyClient.lazy(url, V4)) {
      Attached attached = Attached.to(client);
      attached.in.write("go\n");
      assertThat(container.awaitExit().getExitCode()).isZero();
      container.awaitLog("last");
      client.startReading();
      assertThat(attached.out.rest()).startsWith("xxx").contains("bytes dropped]");
      assertThat(attached.error.rest()).contains("Success");
    }
  }

  /** Its input waits in a pipe for the container; no thread of the daemon waits with it. */
  @Test
  void aContainerThatDoesNotReadHoldsNobodyWhoHasLeft() throws IOException {
    TestContainer container;
    TestPod pod = NODE.pod();
    container = pod.start(pod.container("sleep", "100000").setStdin(true));
    try (SpdyClient client = client(container)) {
      Attached attached = Attached.to(client);
      for (int i = 0; i < 30; i++) {
        attached.in.write("x".repeat(10_000));
      }
      Waiting.until(
          Duration.ofSeconds(30),
          () -> DaemonThreads.named(NODE, "jcri-session-in") == 1,
          () -> "no session has begun");
    }
    Waiting.until(
        Duration.ofSeconds(30),
        () -> DaemonThreads.named(NODE, "jcri-session-") == 0,
        () -> "a thread of the session is left");
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
  }
}
