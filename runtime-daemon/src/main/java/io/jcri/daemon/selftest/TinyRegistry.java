package io.jcri.daemon.selftest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jcri.oci.Digest;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A registry on loopback with one image, for as long as the selftest pulls from it. */
final class TinyRegistry implements AutoCloseable {
  private static final String REPOSITORY = "jcri/selftest";

  private final HttpServer server;
  private final TinyImage image;

  TinyRegistry(TinyImage image) throws IOException {
    this.image = image;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/v2/", this::answer);
    server.start();
  }

  /** What to pull. */
  String reference() {
    return "127.0.0.1:" + server.getAddress().getPort() + "/" + REPOSITORY + ":latest";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String last = path.substring(path.lastIndexOf('/') + 1);
      byte[] body = new byte[0];
      int status = 200;
      if (path.contains("/manifests/")) {
        body = image.manifest();
        exchange.getResponseHeaders().set("Content-Type", MediaTypes.OCI_MANIFEST);
        exchange.getResponseHeaders().set("Docker-Content-Digest", Digest.of(body).toString());
      } else if (image.blobs().containsKey(last)) {
        body = image.blobs().get(last);
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      } else if (!path.equals("/v2/")) {
        status = 404;
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        exchange.sendResponseHeaders(status, -1);
      } else {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
