package io.jcri.it.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.ContainerState;
import io.jcri.it.kit.Command;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The streaming server's settings; each test has a daemon with settings of its own. */
class StreamingConfigTest {
  private static final String V4 = "v4.channel.k8s.io";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private String original = "";

  @BeforeEach
  void rememberConfiguration() throws IOException {
    original = Files.readString(NODE.daemon().configuration());
  }

  @AfterEach
  void restoreConfiguration() throws IOException {
    restartWith("");
  }

  private void restartWith(String streaming) throws IOException {
    NODE.daemon().stop();
    Files.writeString(NODE.daemon().configuration(), original + streaming);
    NODE.daemon().start();
  }

  /** A session in which nothing moves until the client says something. */
  private record Waiting(SpdyClient client, SpdyStream in, SpdyStream out) {
    static Waiting on(TestContainer container) throws IOException {
      String url = Urls.of(NODE, Urls.exec(container, "cat").setStdin(true));
      SpdyClient client = SpdyClient.connect(url, V4);
      SpdyStream _ = client.open("streamtype", "error");
      SpdyStream in = client.open("streamtype", "stdin");
      SpdyStream out = client.open("streamtype", "stdout");
      SpdyStream _ = client.open("streamtype", "stderr");
      in.write("begun\n");
      AtomicBoolean begun = new AtomicBoolean();
      Thread.ofPlatform().daemon().start(() -> pingUntil(begun, client));
      out.until("begun\n");
      begun.set(true);
      return new Waiting(client, in, out);
    }

    /** A command may take long to begin, and its client must not count as idle meanwhile. */
    private static void pingUntil(AtomicBoolean begun, SpdyClient client) {
      try {
        while (!begun.get()) {
          client.ping();
          Thread.sleep(200);
        }
      } catch (IOException | InterruptedException cut) {
        // which the test sees for itself
      }
    }
  }

  @Test
  void anIdleSessionEnds() throws IOException {
    restartWith("[streaming]\nidle_timeout_seconds = 3\n");
    Waiting session = Waiting.on(NODE.pod().idle());
    assertThat(session.out.rest()).isEmpty();
    session.client.close();
  }

  @Test
  void aDaemonThatStopsEndsSessionsAndNoContainer() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    Waiting session = Waiting.on(container);
    NODE.daemon().stop();
    assertThat(session.out.rest()).isEmpty();
    session.client.close();
    NODE.daemon().start();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    Waiting again = Waiting.on(container);
    again.client.close();
  }

  @Test
  void theServerSpeaksTlsWithTheCertificateOfTheDay() throws IOException {
    Path certificate = NODE.scratch().disk().resolve("cert.pem");
    Path key = NODE.scratch().disk().resolve("key.pem");
    makeCertificate("first", certificate, key);
    restartWith(
        "[streaming]\ntls_certificate = \"%s\"\ntls_key = \"%s\"\n".formatted(certificate, key));
    TestContainer container = NODE.pod().idle();
    assertThat(exec(container)).isEqualTo("CN=first");
    makeCertificate("second", certificate, key);
    assertThat(exec(container)).isEqualTo("CN=second");
  }

  @Test
  void aPortThatIsTakenIsToldWhenItIsNeeded() throws IOException {
    restartWith("[streaming]\nport = 1\naddress = \"127.0.0.1\"\n");
    TestContainer container = NODE.pod().idle();
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1));
      assertThatThrownBy(() -> Urls.of(NODE, Urls.exec(container, "true")))
          .hasMessageContaining("UNAVAILABLE")
          .hasMessageContaining("can't listen on /127.0.0.1:1");
    }
    assertThat(Urls.of(NODE, Urls.exec(container, "true"))).startsWith("http://127.0.0.1:1/");
  }

  /** Runs a command with much output. Returns the subject of the server's certificate. */
  private static String exec(TestContainer container) throws IOException {
    String url =
        Urls.of(NODE, Urls.exec(container, "sh", "-c", "head -c 3000000 /dev/zero; exit 9"));
    assertThat(url).startsWith("https://127.0.0.1:");
    try (SpdyClient client = SpdyClient.connect(url, V4)) {
      SpdyStream error = client.open("streamtype", "error");
      SpdyStream out = client.open("streamtype", "stdout");
      SpdyStream _ = client.open("streamtype", "stderr");
      assertThat(out.rest()).hasSize(3_000_000);
      assertThat(error.rest()).contains("\"message\":\"9\"");
      return client.serverName();
    }
  }

  private static void makeCertificate(String name, Path certificate, Path key) throws IOException {
    Command.Result ignored =
        Command.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .run()
            .orThrow();
  }
}
