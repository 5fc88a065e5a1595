package io.jcri.it.observation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.FreePort;
import io.jcri.it.kit.Waiting;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Prometheus, Debian's, that scrapes one daemon each second. */
final class PrometheusServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final String url;
  private final Path log;

  private PrometheusServer(Process process, String url, Path log) {
    this.process = process;
    this.url = url;
    this.log = log;
  }

  static boolean available() {
    return Stream.of("prometheus", "promtool")
        .allMatch(name -> Files.isExecutable(Path.of("/usr/bin", name)));
  }

  /**
   * Starts it.
   *
   * @param folder for its files
   * @param target host and port of the daemon's metrics
   * @param rules a file of alert rules
   */
  static PrometheusServer start(Path folder, String target, Path rules) throws IOException {
    Files.createDirectories(folder);
    Path configuration = folder.resolve("prometheus.yml");
    Files.writeString(
        configuration,
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: ["%s"]
        scrape_configs:
          - job_name: jcri
            static_configs: [{targets: ["%s"]}]
        """
            .formatted(rules, target));
    Command.Result checked =
        Command.of("promtool", "check", "config", configuration.toString()).run().orThrow();
    if (!checked.out().contains("SUCCESS")) {
      throw new IOException(checked.out());
    }
    String address = "127.0.0.1:" + FreePort.find();
    Path log = folder.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PrometheusServer server = new PrometheusServer(process, "http://" + address, log);
    try {
      Waiting.until(PATIENCE, server::ready, () -> "no Prometheus: " + server.said());
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private boolean ready() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("Prometheus has ended: " + said());
    }
    try {
      return connect("/-/ready").getResponseCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  private HttpURLConnection connect(String path) throws IOException {
    return (HttpURLConnection) URI.create(url + path).toURL().openConnection();
  }

  private JsonObject get(String path) throws IOException {
    HttpURLConnection connection = connect(path);
    boolean good = connection.getResponseCode() == 200;
    try (var in = good ? connection.getInputStream() : connection.getErrorStream()) {
      String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      JsonObject answer = JsonParser.parseString(body).getAsJsonObject();
      if (!good || !answer.get("status").getAsString().equals("success")) {
        throw new IOException(path + ": " + body);
      }
      return answer.getAsJsonObject("data");
    }
  }

  /** The series that an expression gives now. Throws when it is none. */
  List<JsonElement> query(String expression) throws IOException {
    String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return get("/api/v1/query?query=" + query).getAsJsonArray("result").asList();
  }

  /** The value that an expression gives now. */
  double value(String expression) throws IOException {
    List<JsonElement> series = query(expression);
    if (series.size() != 1) {
      throw new IOException(expression + " gives " + series);
    }
    return series.getFirst().getAsJsonObject().getAsJsonArray("value").get(1).getAsDouble();
  }

  /** Its alert rules, as it tells of them. */
  List<JsonObject> rules() throws IOException {
    List<JsonObject> rules = new ArrayList<>();
    for (JsonElement group : get("/api/v1/rules").getAsJsonArray("groups")) {
      JsonArray all = group.getAsJsonObject().getAsJsonArray("rules");
      all.forEach(rule -> rules.add(rule.getAsJsonObject()));
    }
    return rules;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
