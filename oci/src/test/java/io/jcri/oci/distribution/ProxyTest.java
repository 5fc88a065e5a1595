package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy is told, and what the registry behind it is not. */
class ProxyTest extends RegistryFixture {

  @Test
  void aPlainRequestCarriesTheProxysNameAndPassword() throws IOException {
    TestHost proxy = host();
    proxy.manifest("v1", "{}");
    hosts("q.example", "server = \"http://q.example\"");
    proxied(Map.of("HTTP_PROXY", "http://me:s3cret@" + proxy.name()));

    repository("q.example/a:v1").resolve();

    assertThat(proxy.asked.getFirst().header("Proxy-Authorization")).contains(BASIC);
    assertThat(proxy.asked.getFirst().header("Host")).contains("q.example");
  }

  @Test
  void whoeverIsReachedDirectlyIsNotTold() throws IOException {
    TestHost host = host();
    host.manifest("v1", "{}");
    proxied(Map.of("HTTP_PROXY", "http://me:s3cret@127.0.0.1:1"));

    repository(host.name() + "/a:v1").resolve();

    assertThat(host.asked.getFirst().header("Proxy-Authorization")).isEmpty();
  }

  @Test
  void aTunnelCarriesThemAndTheRequestInItDoesNot(@TempDir Path directory) throws Exception {
    TestKeys keys = TestKeys.make(directory, "server", "RSA");
    TestHost registry = opened(TestHost.startTls(keys.serverFor(keys), false));
    registry.manifest("v1", "{}");
    Tunnel tunnel = opened(new Tunnel(registry.name()));
    hosts("q.example", "server = \"https://q.example\"\nskip_verify = true");
    proxied(Map.of("HTTPS_PROXY", "http://me:s3cret@" + tunnel.name()));

    repository("q.example/a:v1").resolve();

    assertThat(tunnel.heads).hasSize(1);
    assertThat(tunnel.heads.getFirst())
        .startsWith("CONNECT q.example:443 ")
        .contains("Proxy-Authorization: " + BASIC);
    assertThat(registry.asked.getFirst().header("Proxy-Authorization")).isEmpty();
    proxied(Map.of("HTTPS_PROXY", "http://" + tunnel.name()));
    assertThat(failure(Kind.UNAUTHENTICATED, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("q.example: 407");
  }

  @Test
  void aProxyThatCannotBeUsedIsToldAndNotPassedBy() throws IOException {
    TestHost registry = host();
    hosts("q.example", "server = \"http://q.example\"");
    for (String kind : List.of("https", "socks5")) {
      proxied(Map.of("HTTP_PROXY", kind + "://me:s3cret@" + registry.name()));
      assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository("q.example/a:v1").resolve()))
          .hasMessageContaining("names a proxy of the kind " + kind + ", only http is supported")
          .hasMessageNotContaining("s3cret");
    }
    assertThat(registry.asked).isEmpty();
  }

  /** A proxy that leads every tunnel to one place, for those who say who they are. */
  private static final class Tunnel implements AutoCloseable {
    final List<String> heads = new CopyOnWriteArrayList<>();
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
    private final String target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    Tunnel(String target) throws IOException {
      this.target = target;
      Thread.ofVirtual().start(this::accept);
    }

    String name() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = server.accept();
          open.add(client);
          Thread.ofVirtual().start(() -> serve(client));
        }
      } catch (IOException e) {
        // The test has ended.
      }
    }

    private void serve(Socket client) {
      try {
        String head = head(client.getInputStream());
        heads.add(head);
        OutputStream out = client.getOutputStream();
        if (!head.contains("Proxy-Authorization: ")) {
          out.write(ascii("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"));
          out.write(ascii("Content-Length: 0\r\n\r\n"));
          return;
        }
        int colon = target.indexOf(':');
        Socket to =
            new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
        open.add(to);
        out.write(ascii("HTTP/1.1 200 OK\r\n\r\n"));
        Thread.ofVirtual().start(() -> copy(to, client));
        copy(client, to);
      } catch (IOException e) {
        // The client sees the end of the connection.
      }
    }

    private static String head(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("ended");
        }
        head.append((char) next);
      }
      return head.toString();
    }

    private static void copy(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
      } catch (IOException e) {
        // The other direction ends by itself.
      }
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
