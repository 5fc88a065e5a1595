package io.jcri.it.kit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Chromium without a window, with one page in it, asked over its DevTools protocol. For one
 * thread.
 */
public final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final BlockingQueue<JsonObject> answers;
  private final String session;
  private int last;

  private Browser(
      Process process,
      Path profile,
      WebSocket socket,
      BlockingQueue<JsonObject> answers,
      String url)
      throws IOException {
    this.process = process;
    this.profile = profile;
    this.socket = socket;
    this.answers = answers;
    JsonObject target = new JsonObject();
    target.addProperty("url", url);
    String page = send("Target.createTarget", target, "").get("targetId").getAsString();
    JsonObject attach = new JsonObject();
    attach.addProperty("targetId", page);
    attach.addProperty("flatten", true);
    session = send("Target.attachToTarget", attach, "").get("sessionId").getAsString();
    Waiting.until(PATIENCE, this::hasPage, () -> "the page does not come: " + url);
  }

  /** Between two pages there is nothing to ask. */
  private boolean hasPage() {
    try {
      return evaluate("location.protocol + document.readyState")
          .matches("http:(interactive|complete)");
    } catch (IOException e) {
      return false;
    }
  }

  /** The program, where it is installed. */
  public static Optional<Path> program() {
    return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page. */
  public static Browser open(String url) throws IOException {
    Path profile = Files.createTempDirectory(Path.of("/var/tmp"), OwnMarks.FOLDER);
    Process process =
        new ProcessBuilder(
                program().orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();
    BufferedReader errors = process.errorReader();
    String line = errors.readLine();
    while (line != null && !line.startsWith(LISTENING)) {
      line = errors.readLine();
    }
    if (line == null) {
      throw new IOException("chromium ended");
    }
    Thread.ofVirtual().start(() -> errors.lines().forEach(_ -> {}));
    URI control = URI.create(line.substring(LISTENING.length()));
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(control, new Answers(answers))
            .join();
    return new Browser(process, profile, socket, answers, url);
  }

  private record Answers(BlockingQueue<JsonObject> queue, StringBuilder text)
      implements WebSocket.Listener {
    Answers(BlockingQueue<JsonObject> queue) {
      this(queue, new StringBuilder());
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
      text.append(data);
      if (end) {
        queue.add(JsonParser.parseString(text.toString()).getAsJsonObject());
        text.setLength(0);
      }
      return WebSocket.Listener.super.onText(from, data, end);
    }
  }

  private JsonObject send(String method, JsonObject parameters, String to) throws IOException {
    JsonObject message = new JsonObject();
    message.addProperty("id", ++last);
    message.addProperty("method", method);
    message.add("params", parameters);
    if (!to.isEmpty()) {
      message.addProperty("sessionId", to);
    }
    socket.sendText(message.toString(), true).join();
    try {
      while (true) {
        JsonObject answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (answer == null) {
          throw new IOException("chromium does not answer " + method);
        }
        if (answer.has("id") && answer.get("id").getAsInt() == last) {
          if (answer.has("error")) {
            throw new IOException(method + ": " + answer.get("error"));
          }
          return answer.getAsJsonObject("result");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What an expression of the page's own script is, as a text. */
  public String evaluate(String expression) throws IOException {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("expression", "String(" + expression + ")");
    JsonElement value =
        send("Runtime.evaluate", parameters, session).getAsJsonObject("result").get("value");
    return value == null ? "" : value.getAsString();
  }

  /** What a person reads in the page, or in a part of it that is named as in style sheets. */
  public String text(String part) throws IOException {
    return evaluate("document.querySelector('" + part + "').innerText");
  }

  /** Makes the window so large, in the colours of {@code dark} or {@code light}. */
  public void look(int width, int height, String colours) throws IOException {
    JsonObject size = new JsonObject();
    size.addProperty("width", width);
    size.addProperty("height", height);
    size.addProperty("deviceScaleFactor", 1);
    size.addProperty("mobile", false);
    send("Emulation.setDeviceMetricsOverride", size, session);
    JsonObject media = new JsonObject();
    media.add(
        "features",
        JsonParser.parseString(
            "[{\"name\": \"prefers-color-scheme\", \"value\": \"" + colours + "\"}]"));
    send("Emulation.setEmulatedMedia", media, session);
  }

  /** Writes a picture of the window. */
  public void screenshot(Path file) throws IOException {
    JsonObject answer = send("Page.captureScreenshot", new JsonObject(), session);
    Files.write(file, Base64.getDecoder().decode(answer.get("data").getAsString()));
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    List<ProcessHandle> below = process.descendants().toList();
    process.destroy();
    if (!Waiting.end(process, PATIENCE)) {
      process.destroyForcibly();
    }
    below.forEach(ProcessHandle::destroyForcibly);
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
