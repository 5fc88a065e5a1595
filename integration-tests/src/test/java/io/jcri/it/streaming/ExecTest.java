package io.jcri.it.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands in a container, streamed, the way kubectl exec does. */
class ExecTest {
  private static final String V4 = "v4.channel.k8s.io";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static SpdyStream stream(SpdyClient client, String type) throws IOException {
    return client.open("streamtype", type);
  }

  @Test
  void outputsAndExitCodeComeOverSpdy() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url = Urls.of(NODE, Urls.exec(container, "sh", "-c", "echo out; echo err >&2; exit 5"));
    try (SpdyClient client = SpdyClient.connect(url, "v9.channel.k8s.io", V4, "channel.k8s.io")) {
      assertThat(client.answer()).startsWith("HTTP/1.1 101 ").containsIgnoringCase(V4);
      SpdyStream error = stream(client, "error");
      SpdyStream out = stream(client, "stdout");
      SpdyStream err = stream(client, "stderr");
      assertThat(out.rest()).isEqualTo("out\n");
      assertThat(err.rest()).isEqualTo("err\n");
      assertThat(error.rest())
          .contains("\"reason\":\"NonZeroExitCode\"")
          .contains("{\"reason\":\"ExitCode\",\"message\":\"5\"}");
    }
  }

  @Test
  void oldProtocolsTellTheEndInWords() throws IOException {
    TestContainer container = NODE.pod().idle();
    for (String protocol :
        new String[] {"v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"}) {
      for (int code : new int[] {0, 4}) {
        String url = Urls.of(NODE, Urls.exec(container, "sh", "-c", "echo x; exit " + code));
        try (SpdyClient client = SpdyClient.connect(url, protocol)) {
          SpdyStream error = stream(client, "error");
          SpdyStream out = stream(client, "stdout");
          SpdyStream err = stream(client, "stderr");
          assertThat(out.rest()).isEqualTo("x\n");
          assertThat(err.rest()).isEmpty();
          assertThat(error.rest())
              .isEqualTo(
                  code == 0 ? "" : "command terminated with non-zero exit code: exit status 4");
        }
      }
    }
  }

  @Test
  void theEndOfStdinIsPassedOnOverSpdy() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url =
        Urls.of(NODE, Urls.exec(container, "sh", "-c", "wc -c; sleep 1; echo more").setStdin(true));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream in = stream(client, "stdin");
      SpdyStream out = stream(client, "stdout");
      SpdyStream err = stream(client, "stderr");
      for (int i = 0; i < 30; i++) {
        in.write("x".repeat(10_000));
      }
      in.end();
      assertThat(out.rest()).isEqualTo("300000\nmore\n");
      assertThat(err.rest()).isEmpty();
      assertThat(error.rest()).contains("\"Success\"");
    }
  }

  @Test
  void theEndOfStdinIsPassedOnOverWebSocketV5() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url =
        Urls.of(NODE, Urls.exec(container, "sh", "-c", "wc -c; echo e >&2; exit 3").setStdin(true));
    try (ChannelClient client = new ChannelClient(url, "v5.channel.k8s.io")) {
      for (int i = 0; i < 30; i++) {
        client.send(0, "x".repeat(10_000));
      }
      client.end(0);
      assertThat(client.awaitClose()).isEqualTo(1000);
      assertThat(client.text(1)).isEqualTo("300000\n");
      assertThat(client.text(2)).isEqualTo("e\n");
      assertThat(client.text(3)).contains("NonZeroExitCode").contains("\"message\":\"3\"");
    }
  }

  @Test
  void olderWebSocketProtocolsAreSpokenToo() throws IOException {
    TestContainer container = NODE.pod().idle();
    for (String protocol :
        new String[] {
          "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io", "base64.channel.k8s.io"
        }) {
      String url =
          Urls.of(
              NODE, Urls.exec(container, "sh", "-c", "read l; echo got $l; exit 2").setStdin(true));
      try (ChannelClient client = new ChannelClient(url, protocol)) {
        client.send(0, "a line\n");
        assertThat(client.awaitClose()).isEqualTo(1000);
        assertThat(client.text(1)).as(protocol).isEqualTo("got a line\n");
        assertThat(client.text(3))
            .contains(protocol.startsWith("v4") ? "\"message\":\"2\"" : "exit status 2");
      }
    }
  }

  @Test
  void aTerminalHasTheClientsSize() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url =
        Urls.of(NODE, Urls.exec(container, "sh").setStdin(true).setTty(true).setStderr(false));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream in = stream(client, "stdin");
      SpdyStream out = stream(client, "stdout");
      SpdyStream resize = stream(client, "resize");
      resize.write("{\"Width\":123,\"Hei");
      resize.write("ght\":45}\n");
      in.write(
          "until [ \"$(stty size)\" = '45 123' ]; do sleep 0.1; done; test -t 0 && echo sized''now\n");
      out.until("sizednow");
      resize.write("{\"Width\":80,\"Height\":24}\n");
      in.write("until [ \"$(stty size)\" = '24 80' ]; do sleep 0.1; done; exit 6\n");
      out.rest();
      assertThat(error.rest()).contains("\"message\":\"6\"");
    }
  }

  @Test
  void aHundredMegabytesArriveWhole() throws IOException, NoSuchAlgorithmException {
    TestContainer container = NODE.pod().idle();
    int size = 100 << 20;
    String url =
        Urls.of(NODE, Urls.exec(container, "sh", "-c", "yes 0123456789abcde | head -c " + size));
    MessageDigest expected = MessageDigest.getInstance("SHA-256");
    byte[] block = "0123456789abcde\n".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 100; i++) {
      expected.update(block);
    }
    MessageDigest got = MessageDigest.getInstance("SHA-256");
    long length = 0;
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream out = stream(client, "stdout");
      SpdyStream err = stream(client, "stderr");
      for (byte[] piece = out.next(); piece.length > 0; piece = out.next()) {
        got.update(piece);
        length += piece.length;
      }
      assertThat(err.rest()).isEmpty();
      assertThat(error.rest()).contains("\"Success\"");
    }
    assertThat(length).isEqualTo(size);
    assertThat(got.digest()).isEqualTo(expected.digest());
  }

  /** Of as much as would not fit in the daemon. */
  @Test
  void inputThatNobodyReadsWaitsInTheClient() throws Exception {
    TestContainer container = NODE.pod().idle();
    int pieces = 200 * 32;
    String wait = "until [ -e /tmp/go ]; do sleep 0.1; done; wc -c";
    String url = Urls.of(NODE, Urls.exec(container, "sh", "-c", wait).setStdin(true));
    try (ExecutorService writers = Executors.newSingleThreadExecutor();
        SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream in = stream(client, "stdin");
      SpdyStream out = stream(client, "stdout");
      SpdyStream err = stream(client, "stderr");
      AtomicInteger written = new AtomicInteger();
      Callable<Boolean> writing =
          () -> {
            String piece = "x".repeat(32 << 10);
            while (written.get() < pieces) {
              in.write(piece);
              written.incrementAndGet();
            }
            in.end();
            return true;
          };
      Future<Boolean> all = writers.submit(writing);
      awaitStanding(written);
      assertThat(written).hasValueLessThan(pieces);
      assertThat(container.sh("touch /tmp/go; echo went")).isEqualTo("went");
      assertThat(out.rest()).isEqualTo((pieces * (32 << 10)) + "\n");
      assertThat(err.rest()).isEmpty();
      assertThat(error.rest()).contains("\"Success\"");
      assertThat(all.get()).isTrue();
    }
  }

  /** Until it has not grown for a second. */
  private static void awaitStanding(AtomicInteger counter) throws InterruptedException {
    int before;
    do {
      before = counter.get();
      Thread.sleep(1000);
    } while (counter.get() > before || before == 0);
  }

  @Test
  void aProgramThatIsNotThereIsNamed() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url = Urls.of(NODE, Urls.exec(container, "/no/such/program"));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream out = stream(client, "stdout");
      SpdyStream err = stream(client, "stderr");
      assertThat(error.rest()).contains("InternalError").contains("/no/such/program");
      assertThat(out.rest()).isEmpty();
      assertThat(err.rest()).isEmpty();
    }
  }

  @Test
  void whatABackgroundProcessHoldsOpenDoesNotHoldTheSession() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url = Urls.of(NODE, Urls.exec(container, "sh", "-c", "sleep 99999 & echo done"));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream out = stream(client, "stdout");
      SpdyStream _ = stream(client, "stderr");
      assertThat(out.rest()).isEqualTo("done\n");
      assertThat(error.rest()).contains("\"Success\"");
    }
  }

  @Test
  void aClientThatLeavesEndsTheCommandsInput() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url =
        Urls.of(
            NODE,
            Urls.exec(container, "sh", "-c", "echo up; cat > /dev/null; touch /tmp/ended")
                .setStdin(true));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream _ = stream(client, "error");
      SpdyStream _ = stream(client, "stdin");
      SpdyStream out = stream(client, "stdout");
      SpdyStream _ = stream(client, "stderr");
      out.until("up\n");
    }
    Waiting.until(
        Duration.ofSeconds(30),
        () -> container.exec("test", "-e", "/tmp/ended").exitCode() == 0,
        () -> "the command still reads: " + container.sh("ps -o args"));
  }

  /** Whatever of it is found gone first. */
  @Test
  void aCommandThatEndsItsContainerIsToldSo() throws IOException {
    TestPod pod = NODE.pod();
    for (String after : List.of("true", "sleep 0.02", "sleep 0.1", "exec sleep 1000")) {
      for (int round = 0; round < 4; round++) {
        TestContainer container =
            pod.start("sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done");
        container.awaitLog("ready");
        String url = Urls.of(NODE, Urls.exec(container, "sh", "-c", "kill 1; " + after));
        try (SpdyClient client = SpdyClient.connect(url, V4)) {
          SpdyStream error = stream(client, "error");
          SpdyStream out = stream(client, "stdout");
          SpdyStream err = stream(client, "stderr");
          assertThat(out.rest()).isEmpty();
          assertThat(err.rest()).isEmpty();
          assertThat(error.rest())
              .containsAnyOf(
                  "\"Success\"",
                  "\"message\":\"137\"",
                  "container " + container.id() + " has ended");
        }
      }
    }
  }

  @Test
  void theContainersEndEndsItsCommands() throws IOException {
    TestContainer container = NODE.pod().idle();
    String url = Urls.of(NODE, Urls.exec(container, "sh", "-c", "echo up; sleep 9999"));
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = stream(client, "error");
      SpdyStream out = stream(client, "stdout");
      SpdyStream _ = stream(client, "stderr");
      out.until("up\n");
      container.stop(0);
      assertThat(out.rest()).isEmpty();
      assertThat(error.rest()).contains("Failure");
    }
  }
}
