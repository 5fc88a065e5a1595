package io.jcri.it.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a registry, remembers what it was asked, and spoils answers when told to. */
public final class RegistryProxy implements AutoCloseable {
  /** What becomes of a successful answer's body. */
  @FunctionalInterface
  public interface Spoiler {
    /** Returns what goes out; the length that is announced stays the original's. */
    byte[] spoil(String path, byte[] body);
  }

  private final URI target;
  private final Spoiler spoiler;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** Starts on a free port of 127.0.0.1. */
  public RegistryProxy(URI target, Spoiler spoiler) throws IOException {
    this.target = target;
    this.spoiler = spoiler;
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns host and port, as they stand in a reference. */
  public String hostAndPort() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Returns method and path of every request so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Returns how often a blob's content was asked for. */
  public long downloads() {
    return requests.stream().filter(r -> r.startsWith("GET ") && r.contains("/blobs/")).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      requests.add(exchange.getRequestMethod() + " " + path);
      HttpResponse<byte[]> response = ask(exchange, path);
      response
          .headers()
          .map()
          .forEach((name, values) -> {
            if (!name.equalsIgnoreCase("content-length")
                && !name.equalsIgnoreCase("connection")
                && !name.startsWith(":")) {
              exchange.getResponseHeaders().put(name, values);
            }
          });
      byte[] body = response.body();
      if (exchange.getRequestMethod().equals("HEAD")) {
        response
            .headers()
            .firstValue("content-length")
            .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
        exchange.sendResponseHeaders(response.statusCode(), -1);
        return;
      }
      byte[] sent = response.statusCode() / 100 == 2 ? spoiler.spoil(path, body) : body;
      exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        OutputStream out = exchange.getResponseBody();
        out.write(sent);
        out.flush();
      }
    }
  }

  private HttpResponse<byte[]> ask(HttpExchange exchange, String path) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(path))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
    for (String name : List.of("Accept", "Authorization", "Range")) {
      exchange
          .getRequestHeaders()
          .getOrDefault(name, List.of())
          .forEach(value -> request.header(name, value));
    }
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
