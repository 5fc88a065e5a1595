package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.Browser;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** jcri web, as a browser sees it and as strangers do. */
class WebCommandTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final JcriCommand jcri = new JcriCommand(NODE);
  private Process web;
  private String url;

  @BeforeEach
  void serve() throws IOException {
    web =
        new ProcessBuilder(jcri.line("web", "--listen", "127.0.0.1:0"))
            .redirectErrorStream(true)
            .start();
    url = web.inputReader().readLine();
    assertThat(url).matches("http://127\\.0\\.0\\.1:[0-9]+/#[0-9a-f]{32}");
  }

  @AfterEach
  void end() throws InterruptedException {
    web.destroy();
    web.waitFor();
  }

  private String token() {
    return url.substring(url.indexOf('#') + 1);
  }

  /** Of a request whose every header is the test's, the whole answer. */
  private String ask(String line, String... headers) throws IOException {
    int port = URI.create(url).getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          line + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 3)[1]);
  }

  @Test
  void strangersAreTurnedAway() throws IOException {
    String good = "Authorization: Bearer " + token();
    String host = "Host: localhost:1";
    assertThat(status(ask("GET /api/node", host, good))).isEqualTo(200);
    assertThat(status(ask("GET /api/node", host))).as("without a token").isEqualTo(401);
    assertThat(status(ask("GET /api/node?token=" + token(), host))).isEqualTo(401);
    assertThat(status(ask("GET /api/node", host, good + "0"))).isEqualTo(401);
    assertThat(status(ask("GET /api/node", host, good, good))).isEqualTo(401);
    for (String wrong :
        Arrays.asList("Host: evil.example", "Host: 127.0.0.1.evil.example:80", "Host: 10.0.0.1")) {
      assertThat(status(ask("GET /api/node", wrong, good))).as(wrong).isEqualTo(403);
      assertThat(status(ask("GET /", wrong))).as(wrong).isEqualTo(403);
    }
    assertThat(status(ask("POST /api/node", host, good, "Content-Length: 0"))).isEqualTo(405);
    assertThat(status(ask("DELETE /", host, good))).isEqualTo(405);
    assertThat(status(ask("GET /../etc/passwd", host, good))).isEqualTo(404);
    String page = ask("GET /", host);
    assertThat(status(page)).isEqualTo(200);
    assertThat(page)
        .contains("default-src 'none'; script-src 'sha256-", "frame-ancestors 'none'", "no-store")
        .doesNotContain(token());
    assertThat(ask("HEAD /", host)).startsWith("HTTP/1.1 200 ").doesNotContain("<html");
  }

  @Test
  void othersAddressesMustBeMeant() throws IOException {
    Command.Result refused = jcri.run("web", "--listen", "0.0.0.0:0");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err().strip())
        .startsWith("cannot serve 0.0.0.0:0: others could reach 0.0.0.0:0; add --allow-remote");
    int taken = URI.create(url).getPort();
    assertThat(jcri.refusal("web", "--listen", "127.0.0.1:" + taken))
        .startsWith("cannot serve 127.0.0.1:" + taken + ": Address already in use");
  }

  @Test
  void aDaemonThatIsAwayIsToldOfAndMissedNoLongerThanThat() throws IOException {
    String[] headers = {"Host: 127.0.0.1", "Authorization: Bearer " + token()};
    NODE.daemon().kill();
    Waiting.until(
        PATIENCE,
        () ->
            ask("GET /api/node", headers).contains("\"away\":\"no jcri daemon answers on ")
                && status(ask("GET /api/node", headers)) == 503,
        () -> "not told that the daemon is away");
    NODE.daemon().start();
    Waiting.until(
        PATIENCE, () -> status(ask("GET /api/node", headers)) == 200, () -> "not told of the next");
  }

  @Test
  void theAnswerHasWhatTheCommandsTell() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    String answer = ask("GET /api/node", "Host: [::1]:80", "Authorization: Bearer " + token());
    JsonObject node =
        JsonParser.parseString(answer.substring(answer.indexOf("\r\n\r\n"))).getAsJsonObject();
    assertThat(node.getAsJsonArray("pods").toString()).contains(pod.id(), pod.ip());
    assertThat(node.getAsJsonArray("containers").toString()).contains(container.id());
    assertThat(node.getAsJsonArray("usage").toString()).contains(container.id());
    assertThat(node.getAsJsonArray("images").toString()).contains(NODE.busybox());
    assertThat(node.getAsJsonObject("status").get("pid").getAsLong())
        .isEqualTo(NODE.daemon().process().pid());
  }

  @Test
  void aBrowserShowsTheNodeLive() throws IOException {
    assumeTrue(Browser.program().isPresent(), "chromium is not installed");
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    String name = "it/" + pod.config().getMetadata().getName();
    try (Browser browser = Browser.open(url)) {
      await(browser, "#pods", name);
      assertThat(browser.text("#pods")).contains("● ready", pod.ip(), pod.id().substring(0, 12));
      await(browser, "#containers", " %");
      assertThat(browser.text("#containers"))
          .contains("c1", name, "● running", NODE.busybox(), container.id().substring(0, 12));
      assertThat(browser.text("#images")).contains(NODE.busybox());
      assertThat(browser.text("#ready")).isEqualTo("● ready");
      assertThat(browser.text("#facts")).contains("runc (default)");
      assertThat(browser.text("#calls")).doesNotContain("does not tell");

      pod.idle();
      await(browser, "#tiles", "2 running");
      container.stop(0);
      await(browser, "#containers tbody tr:first-child", "✕ exited 137");
      await(browser, "#tiles", "1 running, 1 failed");

      browser.evaluate(
          "(() => { const f = document.getElementById('filter'); f.value = 'nothing like it';"
              + " f.dispatchEvent(new Event('input')); })()");
      assertThat(browser.text("#containers")).contains("none fits the filter").doesNotContain(name);
      browser.evaluate(
          "(() => { const f = document.getElementById('filter'); f.value = 'EXITED';"
              + " f.dispatchEvent(new Event('input')); })()");
      assertThat(browser.text("#containers")).contains(name);

      NODE.daemon().kill();
      await(browser, "#banners", "The daemon is away: no jcri daemon answers");
      assertThat(browser.text("#containers")).as("what was seen last").contains(name);
      NODE.daemon().start();
      await(browser, "#ready", "● ready");

      picture(browser);
    }
  }

  /** For people, where one wants it. */
  private void picture(Browser browser) throws IOException {
    String file = System.getenv("JCRI_IT_PICTURE");
    if (file != null) {
      browser.look(1280, 900, "light");
      browser.screenshot(Path.of(file));
    }
  }

  @Test
  void withoutTheTokenTheBrowserIsToldWhatIsMissing() throws IOException {
    assumeTrue(Browser.program().isPresent(), "chromium is not installed");
    NODE.pod();
    try (Browser browser = Browser.open(url.substring(0, url.indexOf('#')))) {
      await(browser, "#banners", "needs the whole address");
      assertThat(browser.text("#pods")).doesNotContain("it/");
    }
  }

  private static void await(Browser browser, String part, String text) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> browser.text(part).contains(text),
        () -> "the page's " + part + " does not say " + text);
  }
}
