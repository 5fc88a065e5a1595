package io.jcri.it.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Lets nobody to a registry without a bearer token, and gives tokens as a token server does: for
 * name and password by GET, for an identity token by POST. Or asks for name and password itself.
 */
public final class TokenGate implements AutoCloseable {
  /** Whom it knows. */
  public static final String USER = "ann";

  public static final String PASSWORD = "secret of ann";
  public static final String IDENTITY = "identity-of-ann";

  /** The token that opens the registry. */
  public static final String TOKEN = "open-sesame";

  private final URI target;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> trades = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private volatile boolean basic;

  /** Starts on a free port of 127.0.0.1. */
  public TokenGate(URI target) throws IOException {
    this.target = target;
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.createContext("/token", this::trade);
    server.createContext("/v2", this::guard);
    server.start();
  }

  public String hostAndPort() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on name and password open the registry, and no token does. */
  public void askForBasic() {
    basic = true;
  }

  /** Method and outcome of each visit to the token server. */
  public List<String> trades() {
    return List.copyOf(trades);
  }

  /** Every {@code Authorization} that the registry's side was sent. */
  public List<String> authorizations() {
    return List.copyOf(seen);
  }

  private void trade(HttpExchange exchange) throws IOException {
    try (exchange) {
      String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      boolean known =
          exchange.getRequestMethod().equals("POST")
              ? form.contains("grant_type=refresh_token")
                  && form.contains("refresh_token=" + IDENTITY)
              : basic().equals(exchange.getRequestHeaders().getFirst("Authorization"));
      trades.add(exchange.getRequestMethod() + " " + known);
      answer(
          exchange,
          known ? 200 : 401,
          known
              ? "{\"access_token\":\"%1$s\",\"token\":\"%1$s\",\"expires_in\":300}".formatted(TOKEN)
              : "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"who are you\"}]}");
    }
  }

  private static String basic() {
    byte[] pair = (USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private void guard(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (given != null) {
        seen.add(given);
      }
      if ((basic ? basic() : "Bearer " + TOKEN).equals(given)) {
        pass(exchange);
      } else {
        exchange
            .getResponseHeaders()
            .set(
                "WWW-Authenticate",
                basic
                    ? "Basic realm=\"gate\""
                    : "Bearer realm=\"http://%s/token\",service=\"gate\"".formatted(hostAndPort()));
        answer(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}");
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private void pass(HttpExchange exchange) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
    exchange
        .getRequestHeaders()
        .getOrDefault("Accept", List.of())
        .forEach(value -> request.header("Accept", value));
    HttpResponse<byte[]> response;
    try {
      response = client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    for (String name : List.of("Content-Type", "Docker-Content-Digest", "Content-Length")) {
      response
          .headers()
          .firstValue(name)
          .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
    }
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
