package io.jcri.it.streaming;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server's door: who may come in, and what those leave behind that have gone. */
class StreamingServerTest {
  private static final String V4 = "v4.channel.k8s.io";

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** Sends a request as it is. Returns the first line of the answer. */
  private static String ask(String url, String request) throws IOException {
    URI uri = URI.create(url);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return SpdyClient.head(socket.getInputStream()).lines().findFirst().orElseThrow();
    }
  }

  private static String answer(String url, String... protocols) throws IOException {
    try (SpdyClient client = SpdyClient.connect(url, protocols)) {
      return client.answer();
    }
  }

  @Test
  void aUrlIsGoodOnceAndForWhatItWasMade() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url = Urls.of(NODE, Urls.exec(container, "true"));
    assertThat(URI.create(url).getHost()).isEqualTo("127.0.0.1");
    assertThat(answer(url, V4)).startsWith("HTTP/1.1 101 ");
    assertThat(answer(url, V4)).startsWith("HTTP/1.1 404 ");

    String other = Urls.of(NODE, Urls.exec(container, "true"));
    assertThat(answer(other.replace("/exec/", "/attach/"), V4)).startsWith("HTTP/1.1 404 ");
    assertThat(answer(other, V4)).as("used up by the attempt").startsWith("HTTP/1.1 404 ");
    assertThat(answer(other.replaceFirst("[^/]+$", "guessed"), V4)).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void requestsThatAreNoneOfASessionAreToldSo() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url = Urls.of(NODE, Urls.exec(container, "true"));
    assertThat(ask(url, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 404 ");
    assertThat(ask(url, "DELETE /exec/x HTTP/1.1\r\nHost: x\r\n\r\n")).contains(" 405 ");
    assertThat(ask(url, "nonsense\r\n\r\n")).contains(" 400 ");
    assertThat(ask(url, "GET /%s HTTP/1.1\r\n\r\n".formatted("x".repeat(10_000))))
        .contains(" 400 ");
    assertThat(ask(url, "GET / HTTP/1.1\r\nX: %s\r\n\r\n".formatted("x".repeat(100_000))))
        .contains(" 400 ");

    assertThat(ask(url, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(URI.create(url).getPath())))
        .contains(" 400 ");
    String keyless = Urls.of(NODE, Urls.exec(container, "true"));
    assertThat(
            ask(
                keyless,
                "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                    .formatted(URI.create(keyless).getPath())))
        .contains(" 400 ");
    assertThat(answer(Urls.of(NODE, Urls.exec(container, "true")))).contains(" 400 ");
    assertThat(answer(Urls.of(NODE, Urls.exec(container, "true")), "v9.channel.k8s.io"))
        .contains(" 403 ")
        .containsIgnoringCase("X-Accepted-Stream-Protocol-Versions")
        .contains(V4);
  }

  @Test
  void garbageAfterTheUpgradeEndsThatConnectionOnly() throws IOException {
    TestContainer container = NODE.pod().idle();
    for (int seed = 0; seed < 5; seed++) {
      URI uri = URI.create(Urls.of(NODE, Urls.exec(container, "true")));
      byte[] garbage = new byte[4000];
      new Random(seed).nextBytes(garbage);
      garbage[0] = (byte) 0x80; // a control frame of a version that there is not
      try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
        socket
            .getOutputStream()
            .write(
                "POST %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: %s\r\n\r\n"
                    .formatted(uri.getPath(), V4)
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(SpdyClient.head(socket.getInputStream())).contains(" 101 ");
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(garbage);
        assertThat(ended(socket)).isTrue();
      }
    }
    assertThat(container.sh("echo alive")).isEqualTo("alive");
    assertThat(answer(Urls.of(NODE, Urls.exec(container, "true")), V4)).contains(" 101 ");
  }

  /** Whether the server ends the connection before the socket's patience does. */
  private static boolean ended(Socket socket) {
    try {
      while (socket.getInputStream().read() >= 0) {
        // its goodbye, perhaps
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void requestsThatContradictThemselvesGetNoUrl() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    assertRefused(
        () -> Urls.of(NODE, Urls.exec(container, "true").setTty(true)),
        Status.Code.INVALID_ARGUMENT,
        "tty and stderr");
    assertRefused(
        () -> Urls.of(NODE, Urls.exec(container, "true").setStdout(false).setStderr(false)),
        Status.Code.INVALID_ARGUMENT,
        "stdin");
    assertRefused(() -> Urls.of(NODE, Urls.exec(container)), Status.Code.INVALID_ARGUMENT, "cmd");
    assertRefused(
        () -> Urls.of(NODE, Urls.attach(container).setTty(true)),
        Status.Code.INVALID_ARGUMENT,
        "tty and stderr");
    assertRefused(
        () -> Urls.of(NODE, Urls.exec(container, "true").setContainerId("nosuch")),
        Status.Code.NOT_FOUND,
        "nosuch");
    TestContainer created = pod.create(pod.container("true"));
    assertRefused(
        () -> Urls.of(NODE, Urls.exec(created, "true")),
        Status.Code.FAILED_PRECONDITION,
        created.id());
    TestContainer ended = pod.start("true");
    ended.awaitExit();
    assertRefused(
        () -> Urls.of(NODE, Urls.attach(ended)), Status.Code.FAILED_PRECONDITION, ended.id());
  }

  /** Sessions of every kind and end: finished, left in the middle, never begun. */
  @Test
  void fiftySessionsLeaveNothing() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            pod.container("sh", "-c", "while read l; do echo $l; done; sleep 99999")
                .setStdin(true));
    session(container, 0);
    session(container, 1);
    session(container, 2);
    session(container, 3);
    awaitQuiet(container);
    int before = DaemonThreads.descriptors(NODE);
    int shim = DaemonThreads.descriptors(container.shimPid());
    for (int i = 0; i < 50; i++) {
      session(container, i % 4);
    }
    awaitQuiet(container);
    Waiting.until(
        Duration.ofSeconds(30),
        () ->
            DaemonThreads.descriptors(NODE) <= before
                && DaemonThreads.descriptors(container.shimPid()) <= shim,
        () -> "descriptors are left");
  }

  private static void session(TestContainer container, int kind) throws IOException {
    boolean attach = kind == 2;
    String[] command = kind == 1 ? new String[] {"cat"} : new String[] {"echo", "x"};
    String url =
        attach
            ? Urls.of(NODE, Urls.attach(container))
            : Urls.of(NODE, Urls.exec(container, command).setStdin(true));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = client.open("streamtype", "error");
      if (kind == 3) {
        return;
      }
      SpdyStream in = client.open("streamtype", "stdin");
      SpdyStream out = client.open("streamtype", "stdout");
      SpdyStream _ = client.open("streamtype", "stderr");
      in.write("line\n");
      if (kind == 0) {
        assertThat(out.rest()).isEqualTo("x\n");
        assertThat(error.rest()).contains("Success");
      } else if (attach) {
        out.until("line\n");
      }
    }
  }

  private static void awaitQuiet(TestContainer container) throws IOException {
    Waiting.until(
        Duration.ofSeconds(60),
        () ->
            DaemonThreads.named(NODE, "jcri-session-") == 0
                && !container.sh("ps -o args").contains("cat"),
        () -> "sessions are left: " + container.sh("ps -o args"));
  }
}
