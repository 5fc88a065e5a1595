package io.jcri.it.streaming;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ports of a pod, forwarded the way kubectl port-forward does. */
class PortForwardTest {
  private static final String PROTOCOL = "portforward.k8s.io";

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** A forwarded connection: kubectl opens the error stream first and closes its half of it. */
  private record Connection(SpdyStream error, SpdyStream data) {
    static Connection open(SpdyClient client, int port, int id) throws IOException {
      String number = Integer.toString(port);
      SpdyStream error =
          client.open("streamtype", "error", "port", number, "requestid", Integer.toString(id));
      error.end();
      SpdyStream data =
          client.open("streamtype", "data", "port", number, "requestid", Integer.toString(id));
      return new Connection(error, data);
    }

    String get() throws IOException {
      data.write("GET / HTTP/1.0\r\n\r\n");
      return data.rest();
    }
  }

  private static TestPod podWith(String... command) throws IOException {
    TestPod pod = NODE.pod();
    pod.start(command).awaitLog("listens");
    return pod;
  }

  /** Waits until the port is in the container's table of listeners, of either family. */
  private static String serve(String start, int port) {
    return "%s & until grep -q ':%04X .* 0A ' /proc/net/tcp /proc/net/tcp6; do sleep 0.05; done; echo listens; wait"
        .formatted(start, port);
  }

  private static TestPod web(String address) throws IOException {
    return podWith(
        "sh",
        "-c",
        "echo page > /tmp/index.html; " + serve("httpd -f -h /tmp -p " + address, 8080));
  }

  @Test
  void aListenerOnIpv4IsReached() throws IOException {
    TestPod pod = web("127.0.0.1:8080");
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      for (int i = 0; i < 3; i++) {
        Connection connection = Connection.open(client, 8080, i);
        assertThat(connection.get()).contains("200 OK").endsWith("page\n");
        connection.data.end();
        assertThat(connection.error.rest()).isEmpty();
      }
    }
  }

  @Test
  void aListenerOnIpv6AloneIsReached() throws IOException {
    TestPod pod = web("[::1]:8080");
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      assertThat(Connection.open(client, 8080, 0).get()).contains("200 OK").endsWith("page\n");
    }
  }

  @Test
  void aPortWhereNobodyListensIsTold() throws IOException {
    TestPod pod = web("127.0.0.1:8080");
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      Connection refused = Connection.open(client, 81, 0);
      assertThat(refused.error.rest())
          .contains("port 81")
          .contains(pod.id())
          .contains("127.0.0.1: Connection refused");
      assertThat(refused.data.rest()).isEmpty();
      assertThat(Connection.open(client, 8080, 1).get()).endsWith("page\n");
    }
  }

  @Test
  void eachHalfEndsOnItsOwn() throws IOException {
    TestPod pod = podWith("sh", "-c", serve("nc -ll -p 9000 -e wc -c", 9000));
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      Connection connection = Connection.open(client, 9000, 0);
      for (int i = 0; i < 50; i++) {
        connection.data.write("y".repeat(10_000));
      }
      connection.data.end();
      assertThat(connection.data.rest().strip()).isEqualTo("500000");
      assertThat(connection.error.rest()).isEmpty();
    }
  }

  /** The program in the pod neither reads nor ends; kubectl waits for its error stream's end. */
  @Test
  void aStreamThatTheClientResetsEndsItsConnection() throws IOException {
    TestPod pod = podWith("sh", "-c", serve("nc -ll -p 9000 -e sleep 100000", 9000));
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      Connection connection = Connection.open(client, 9000, 0);
      connection.data.write("hello");
      connection.data.reset();
      assertThat(connection.error.rest()).isEmpty();
    }
  }

  @Test
  void streamsWithoutAUsablePortAreRefused() throws IOException {
    TestPod pod = web("127.0.0.1:8080");
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      for (String port : new String[] {"0", "65536", "http", "-1"}) {
        assertThat(client.open("streamtype", "data", "port", port).rest()).isEmpty();
      }
      assertThat(client.open("streamtype", "nonsense", "port", "8080").rest()).isEmpty();
      assertThat(Connection.open(client, 8080, 7).get()).endsWith("page\n");
    }
  }

  @Test
  void webSocketsForwardThePortsOfTheRequest() throws IOException {
    TestPod pod = web("127.0.0.1:8080");
    for (String protocol : new String[] {"v4.channel.k8s.io", "v4.base64.channel.k8s.io"}) {
      String url = Urls.portForward(NODE, pod, 8080, 81);
      try (ChannelClient client = new ChannelClient(url, protocol)) {
        client.send(0, "GET / HTTP/1.0\r\n\r\n");
        assertThat(client.awaitClose()).isEqualTo(1000);
        assertThat(client.bytes(0)).startsWith(0x90, 0x1f);
        assertThat(client.text(0)).endsWith("page\n");
        assertThat(client.bytes(1)).containsExactly(0x90, 0x1f);
        assertThat(client.bytes(2)).containsExactly(81, 0);
        assertThat(client.bytes(3)).startsWith(81, 0);
        assertThat(client.text(3)).contains("port 81").contains("refused");
      }
    }
  }

  @Test
  void aPodOnTheHostsNetworkHasTheHostsPorts() throws IOException {
    TestPod pod = NODE.pod(NODE.hostNetworkConfig());
    try (ServerSocket host = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      Connection connection = Connection.open(client, host.getLocalPort(), 0);
      try (Socket accepted = host.accept()) {
        accepted.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      }
      assertThat(connection.data.rest()).isEqualTo("hello");
    }
  }

  @Test
  void theDaemonItselfStaysInItsNetwork() throws IOException {
    TestPod pod = web("127.0.0.1:8080");
    try (SpdyClient client = SpdyClient.connect(Urls.portForward(NODE, pod), PROTOCOL)) {
      assertThat(Connection.open(client, 8080, 0).get()).endsWith("page\n");
    }
    assertThat(DaemonThreads.networkNamespaces(NODE)).hasSize(1);
  }

  @Test
  void onlyAPodThatIsReadyAndRealPortsAreForwarded() throws IOException {
    TestPod pod = NODE.pod();
    for (int port : new int[] {0, -1, 65536}) {
      assertRefused(
          () -> Urls.portForward(NODE, pod, port), Status.Code.INVALID_ARGUMENT, "" + port);
    }
    pod.stop();
    assertRefused(() -> Urls.portForward(NODE, pod), Status.Code.FAILED_PRECONDITION, pod.id());
    pod.remove();
    assertRefused(() -> Urls.portForward(NODE, pod), Status.Code.NOT_FOUND, pod.id());
  }
}
