package io.jcri.oci.distribution;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A registry on loopback that speaks real HTTP, keeps what it was asked, and answers as a test says
 * before it answers as a registry does.
 */
final class TestHost implements AutoCloseable {

  /** A request as it came. */
  record Asked(String method, String path, String query, Map<String, List<String>> headers) {
    Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst();
    }
  }

  /** What a test does instead of the registry; false leaves the answer to the registry. */
  interface Before {
    boolean answered(HttpExchange exchange, Asked asked) throws IOException;
  }

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Before before = (exchange, request) -> false;

  private TestHost(HttpServer server) {
    this.server = server;
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  static TestHost start() throws IOException {
    return new TestHost(HttpServer.create(new InetSocketAddress(loopback(), 0), 0));
  }

  static TestHost startTls(SSLContext context, boolean wantsClient) throws IOException {
    HttpsServer server = HttpsServer.create(new InetSocketAddress(loopback(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            var ssl = context.getDefaultSSLParameters();
            ssl.setNeedClientAuth(wantsClient);
            parameters.setSSLParameters(ssl);
          }
        });
    return new TestHost(server);
  }

  /** {@code 127.0.0.1:PORT}. */
  String name() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** The same server under another name, which is another host to a client. */
  String otherName() {
    return "localhost:" + server.getAddress().getPort();
  }

  void before(Before handler) {
    before = handler;
  }

  Descriptor manifest(String tag, String json) {
    byte[] content = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    manifests.put(tag, content);
    manifests.put(Digest.of(content).toString(), content);
    return Descriptor.of(MediaTypes.OCI_MANIFEST, content);
  }

  Descriptor blob(byte[] content) {
    blobs.put(Digest.of(content).toString(), content);
    return Descriptor.of(MediaTypes.OCI_LAYER, content);
  }

  long count(String method, String pathPart) {
    return asked.stream().filter(a -> a.method.equals(method) && a.path.contains(pathPart)).count();
  }

  /** The registry's own answer, for a test that adds to it. */
  void serve(HttpExchange exchange, Asked request) throws IOException {
    String object = request.path.substring(request.path.lastIndexOf('/') + 1);
    boolean manifest = request.path.contains("/manifests/");
    byte[] content = manifest ? manifests.get(object) : blobs.get(object);
    if (content == null) {
      reply(exchange, 404, "{\"errors\":[{\"code\":\"X\",\"message\":\"it is\\nnot here\"}]}");
      return;
    }
    exchange
        .getResponseHeaders()
        .set("Content-Type", manifest ? MediaTypes.OCI_MANIFEST : "application/octet-stream");
    if (manifest) {
      exchange.getResponseHeaders().set("Docker-Content-Digest", Digest.of(content).toString());
    }
    int from = range(request, content.length);
    int to = rangeEnd(request, content.length);
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
    }
    if (request.method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, to - from);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(content, from, to - from);
    }
  }

  static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] content = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    boolean none = exchange.getRequestMethod().equals("HEAD") || content.length == 0;
    exchange.sendResponseHeaders(status, none ? -1 : content.length);
    if (!none) {
      exchange.getResponseBody().write(content);
    }
  }

  /** Answers with what is from an offset on, saying the part that a test wants it to say. */
  static void part(HttpExchange exchange, String range, byte[] content, int from)
      throws IOException {
    if (!range.isEmpty()) {
      exchange.getResponseHeaders().set("Content-Range", range);
    }
    exchange.sendResponseHeaders(206, content.length - from);
    exchange.getResponseBody().write(content, from, content.length - from);
  }

  static void redirect(HttpExchange exchange, String location) throws IOException {
    exchange.getResponseHeaders().set("Location", location);
    reply(exchange, 307, "");
  }

  /**
   * Promises the whole blob from the wanted offset on, sends some of it, and breaks the connection
   * when that has arrived.
   */
  void breakAfter(
      HttpExchange exchange, Asked request, byte[] content, int bytes, Progress progress)
      throws IOException {
    int from = range(request, content.length);
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    OutputStream out = exchange.getResponseBody();
    int sent = Math.min(bytes, content.length - from);
    out.write(content, from, sent);
    out.flush();
    progress.await(from + sent);
    exchange.close();
  }

  private static int range(Asked request, int length) {
    int from =
        request
            .header("Range")
            .map(text -> Integer.parseInt(text.replaceAll("^bytes=([0-9]+)-[0-9]*$", "$1")))
            .orElse(0);
    return Math.min(from, length);
  }

  /** Behind the last wanted byte. */
  private static int rangeEnd(Asked request, int length) {
    return request
        .header("Range")
        .filter(text -> !text.endsWith("-"))
        .map(text -> Integer.parseInt(text.replaceAll("^bytes=[0-9]+-", "")) + 1)
        .orElse(length);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    Asked request =
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            query == null ? "" : query,
            Map.copyOf(exchange.getRequestHeaders()));
    asked.add(request);
    try (exchange) {
      if (!before.answered(exchange, request)) {
        serve(exchange, request);
      }
    }
  }

  private static @Nullable InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
