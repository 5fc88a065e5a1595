package io.jcri.daemon.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jcri.daemon.admin.AdminClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Serves the status page over HTTP until it is closed: {@code /}, and {@code /api/node} to who has
 * the token. Thread-safe.
 */
public final class WebServer implements AutoCloseable {
  /** More would be no person's. */
  private static final int MOST_CALLS = 32;

  private static final int SECONDS = 10;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(MOST_CALLS);
  private final Gate gate;
  private final Page page;
  private final NodeLook node;

  private WebServer(HttpServer server, Gate gate, Page page, NodeLook node) {
    this.server = server;
    this.gate = gate;
    this.page = page;
    this.node = node;
  }

  /**
   * Begins to serve.
   *
   * @param address where; port 0 for any free one
   * @throws IOException when the port is taken
   */
  public static WebServer start(InetSocketAddress address, AdminClient daemon) throws IOException {
    // Who sends a request byte by byte, or does not take the answer, is let go.
    System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(SECONDS));
    System.setProperty("sun.net.httpserver.maxRspTime", Integer.toString(SECONDS));
    boolean remote = !address.getAddress().isLoopbackAddress();
    WebServer web =
        new WebServer(
            HttpServer.create(address, MOST_CALLS),
            Gate.open(remote),
            Page.load(),
            new NodeLook(daemon));
    web.server.setExecutor(web.threads);
    web.server.createContext("/", web::handle);
    web.server.start();
    return web;
  }

  /** The page's address with the token, which a browser keeps to itself behind the #. */
  public String url() {
    InetSocketAddress address = server.getAddress();
    InetAddress host = address.getAddress();
    String name = Objects.requireNonNull(host.getHostAddress());
    return "http://%s:%d/#%s"
        .formatted(
            name.indexOf(':') < 0 ? name : "[" + name + "]", address.getPort(), gate.token());
  }

  /** The port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!room.tryAcquire()) {
        say(exchange, 503, "too many requests at once");
        return;
      }
      try {
        answer(exchange);
      } finally {
        room.release();
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    Headers asked = exchange.getRequestHeaders();
    Optional<Gate.Refusal> refusal =
        gate.refuse(exchange.getRequestMethod(), asked.getOrDefault("Host", List.of()));
    if (refusal.isPresent()) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      say(exchange, refusal.get().status(), refusal.get().why());
      return;
    }
    switch (String.valueOf(exchange.getRequestURI().getPath())) {
      case "/" -> send(exchange, 200, "text/html; charset=utf-8", page.html());
      case "/api/node" -> {
        if (gate.admits(asked.getOrDefault("Authorization", List.of()))) {
          NodeLook.Answer answer = node.get();
          send(exchange, answer.status(), "application/json", answer.json());
        } else {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
          say(exchange, 401, "the token is missing that jcri web has printed");
        }
      }
      default -> say(exchange, 404, "there is nothing");
    }
  }

  private void say(HttpExchange exchange, int status, String text) throws IOException {
    send(exchange, status, "text/plain; charset=utf-8", text + "\n");
  }

  private void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Content-Security-Policy", page.policy());
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
