package io.jcri.daemon.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jcri.daemon.config.DaemonConfig.Metrics;
import io.jcri.daemon.config.DaemonConfig.Tls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsEndpointTest {
  @TempDir Path folder;
  private final MetricsEndpoint endpoint = new MetricsEndpoint(new QuietNode(), List::of);

  @AfterEach
  void stop() {
    endpoint.stop();
  }

  private static Metrics at(SocketAddress address) {
    return new Metrics(Optional.of(address), Optional.empty());
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
  }

  /** Sends a request and reads until the server hangs up. */
  private static String ask(SocketAddress address, String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      send(channel, request);
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int _ = channel.write(bytes);
    }
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  }

  @Test
  void aUnixSocketIsForRootsGroupAndGoesWithTheServer() throws IOException {
    Path socket = folder.resolve("sockets/metrics.sock");
    endpoint.use(at(UnixDomainSocketAddress.of(socket)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
    assertThat(ask(UnixDomainSocketAddress.of(socket), get("/metrics")))
        .startsWith("HTTP/1.1 200 OK")
        .contains("\njcri_build_info{java=\"")
        .contains("\nprocess_resident_memory_bytes ")
        .contains("\njvm_memory_used_bytes{area=\"heap\"} ");
    endpoint.stop();
    assertThat(socket.getParent()).isEmptyDirectory();
  }

  @Test
  void itMovesAndGoesWhileTheDaemonRuns() throws IOException {
    InetSocketAddress first = freePort();
    endpoint.use(at(first));
    assertThat(ask(first, get("/metrics"))).contains("jcri_build_info");
    InetSocketAddress second = freePort();
    endpoint.use(at(second));
    assertThat(ask(second, get("/metrics"))).contains("jcri_build_info");
    assertRefused(first);
    endpoint.use(Metrics.OFF);
    assertRefused(second);
  }

  private static void assertRefused(SocketAddress address) {
    assertThat(catchThrowable(() -> ask(address, get("/metrics"))))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void anAddressThatIsTakenIsNoObstacleForTheNext() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      endpoint.use(at(taken.getLocalSocketAddress()));
      InetSocketAddress free = freePort();
      endpoint.use(at(free));
      assertThat(ask(free, get("/metrics"))).contains("jcri_build_info");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1', 404 Not Found",
    "'GET /metrics/x HTTP/1.1', 404 Not Found",
    "'POST /metrics HTTP/1.1', 405 Method Not Allowed",
    "'GET /metrics?x=y HTTP/1.1', 200 OK",
    "'HEAD /metrics HTTP/1.1', 200 OK",
    "'nonsense', 400 Bad Request"
  })
  void otherRequestsAreRefused(String line, String status) throws IOException {
    InetSocketAddress address = freePort();
    endpoint.use(at(address));
    assertThat(ask(address, line + "\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void aRequestHasABound() throws IOException {
    InetSocketAddress address = freePort();
    endpoint.use(at(address));
    assertThat(ask(address, "GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400 Bad Request");
    assertThat(
            ask(
                address,
                "GET /metrics HTTP/1.1\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 413 Request Entity Too Large");
  }

  @Test
  void whoComesWhenAllConnectionsAreTakenIsHungUpOn() throws IOException {
    InetSocketAddress address = freePort();
    endpoint.use(at(address));
    List<SocketChannel> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        SocketChannel client = SocketChannel.open(address);
        clients.add(client);
        // an answer shows that it was let in
        send(client, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
      }
      try (SocketChannel late = SocketChannel.open(address)) {
        assertThat(late.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    } finally {
      for (SocketChannel client : clients) {
        client.close();
      }
    }
  }

  @Test
  void prometheusGetsTheFormThatItPrefers() throws IOException {
    InetSocketAddress address = freePort();
    endpoint.use(at(address));
    assertThat(
            ask(
                address,
                "GET /metrics HTTP/1.1\r\n"
                    + "Host: x\r\n"
                    + "Connection: close\r\n"
                    + "Accept:"
                    + " application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n\r\n"))
        .contains("content-type: application/openmetrics-text")
        .endsWith("# EOF\n");
    assertThat(ask(address, get("/metrics"))).contains("content-type: text/plain; version=0.0.4");
  }

  @Test
  void aCertificateMakesItHttps() throws Exception {
    Path store = folder.resolve("store");
    char[] secret = "secret".toCharArray();
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), secret);
    Tls files =
        new Tls(
            pem("CERTIFICATE", keys.getCertificate("k").getEncoded()),
            pem("PRIVATE KEY", keys.getKey("k", secret).getEncoded()));
    InetSocketAddress address = freePort();
    endpoint.use(new Metrics(Optional.of(address), Optional.of(files)));

    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("k", keys.getCertificate("k"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    try (Socket client = tls.getSocketFactory().createSocket("127.0.0.1", address.getPort())) {
      client.getOutputStream().write(get("/metrics").getBytes(StandardCharsets.UTF_8));
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 OK")
          .contains("jcri_build_info");
    }
    assertThat(ask(address, get("/metrics"))).doesNotContain("jcri_build_info");
  }

  private Path pem(String what, byte[] content) throws IOException {
    Path file = folder.resolve(what.replace(' ', '-') + ".pem");
    return Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(content), what));
  }
}
