package io.jcri.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a line looks like. */
class LineEncoderTest {
  private static final String POD = "a1".repeat(32);
  private static final String CONTAINER = "b2".repeat(32);
  private static final String STRANGE = "c3".repeat(32);
  private static final String CLASS = "io.jcri.daemon.container.LiveContainers";

  private final LoggerContext context = new LoggerContext();
  private final LineEncoder plain = new LineEncoder(false);

  @BeforeEach
  void name() {
    Map<String, LogNames.Named> names =
        Map.of(
            POD, new LogNames.Named("default", "web", POD, Optional.empty()),
            CONTAINER, new LogNames.Named("default", "web", POD, Optional.of("nginx")));
    LogNames.from(id -> Optional.ofNullable(names.get(id)));
  }

  @AfterEach
  void forget() {
    LogNames.from(id -> Optional.empty());
  }

  private String line(
      LineEncoder encoder, Level level, String message, @Nullable Throwable failure) {
    LoggingEvent event =
        new LoggingEvent("", context.getLogger(CLASS), level, message, failure, null);
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  private String text(String message) {
    return line(plain, Level.INFO, message, null);
  }

  private JsonObject json(String message, @Nullable Throwable failure) {
    LineEncoder json = new LineEncoder(false);
    json.format(LogFormat.JSON);
    String line = line(json, Level.WARN, message, failure);
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    return JsonParser.parseString(line).getAsJsonObject();
  }

  @Test
  void aLineHasTimeLevelAndTopic() {
    assertThat(text("hello"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  container: hello\n");
  }

  @Test
  void anIdHasItsNameBeforeItOnce() {
    assertThat(text("container " + CONTAINER + " runs, and " + CONTAINER))
        .endsWith("container default/web/nginx " + CONTAINER + " runs, and " + CONTAINER + "\n");
    assertThat(text("pod " + POD + ": gone")).endsWith("pod default/web " + POD + ": gone\n");
    assertThat(text("layer " + STRANGE)).endsWith("layer " + STRANGE + "\n");
  }

  @Test
  void aNameThatIsThereIsNotRepeated() {
    assertThat(text("pod default/web " + POD)).endsWith(": pod default/web " + POD + "\n");
  }

  @Test
  void anIdInPathsStaysAndItsNameComesAtTheEnd() {
    assertThat(text("cannot delete /run/" + CONTAINER + "/exit: EBUSY"))
        .endsWith("cannot delete /run/" + CONTAINER + "/exit: EBUSY [default/web/nginx]\n");
    assertThat(text("no " + POD + ".json.")).endsWith("no " + POD + ".json. [default/web]\n");
  }

  @Test
  void aStrangersTextStaysInItsLine() {
    assertThat(text("said: a\nb\rc\u0007")).endsWith("said: a\\nb\\rc?\n").containsOnlyOnce("\n");
  }

  @Test
  void journaldHasPrioritiesAndNoTimeOnEachLineOfAStack() {
    LineEncoder journal = new LineEncoder(true);
    assertThat(line(journal, Level.WARN, "hm", null)).isEqualTo("<4>container: hm\n");
    assertThat(line(journal, Level.DEBUG, "hm", null)).startsWith("<7>");
    assertThat(line(journal, Level.ERROR, "oh", new IllegalStateException("bug")).lines())
        .hasSizeGreaterThan(2)
        .allMatch(row -> row.startsWith("<3>"));
    journal.format(LogFormat.JSON);
    assertThat(line(journal, Level.INFO, "hm", null)).startsWith("<6>{\"time\":\"");
  }

  @Test
  void aStackHasItsCause() {
    String lines =
        line(
            plain,
            Level.ERROR,
            "oh",
            new IllegalStateException("outer", new IllegalArgumentException("inner")));
    assertThat(lines)
        .contains("\njava.lang.IllegalStateException: outer\n\tat io.jcri.daemon.log.")
        .contains("\ncaused by: java.lang.IllegalArgumentException: inner\n\tat ");
  }

  @Test
  void jsonHasNamesAndIdsInFieldsOfTheirOwn() {
    JsonObject line = json("container " + CONTAINER + " said \"no\"\n\u2028\ud800", null);
    assertThat(line.get("level").getAsString()).isEqualTo("warn");
    assertThat(line.get("topic").getAsString()).isEqualTo("container");
    assertThat(line.get("pod").getAsString()).isEqualTo("default/web");
    assertThat(line.get("podId").getAsString()).isEqualTo(POD);
    assertThat(line.get("container").getAsString()).isEqualTo("nginx");
    assertThat(line.get("containerId").getAsString()).isEqualTo(CONTAINER);
    assertThat(line.get("message").getAsString())
        .isEqualTo("container default/web/nginx " + CONTAINER + " said \"no\"\n\u2028\ud800");
    assertThat(line.has("call")).isFalse();
    assertThat(line.has("stack")).isFalse();
    assertThat(json("pod " + POD, null).has("container")).isFalse();
  }

  @Test
  void jsonHasErrorAndStack() {
    JsonObject line = json("oh", new IllegalStateException("bug"));
    assertThat(line.get("error").getAsString()).isEqualTo("bug");
    assertThat(line.get("stack").getAsString())
        .startsWith("java.lang.IllegalStateException: bug\n");
  }

  @Test
  void aLineOfACallHasItsNumberAndWhatItIsAbout() {
    AtomicReference<String> said = new AtomicReference<>("");
    CurrentCall.unwatched(
            "StopContainer",
            () -> "container " + CONTAINER,
            () -> said.set(text("no such process")))
        .run();
    assertThat(said.get())
        .matches("(?s).*no such process \\[default/web/nginx] call=[0-9a-f]{4,}\n");
    assertThat(text("no such process")).endsWith(": no such process\n");
  }

  @Test
  void whatHasGoneIsNamedForAWhile() {
    LogNames.remember(POD);
    LogNames.from(id -> Optional.empty());
    assertThat(text("pod " + POD + " is removed")).contains("pod default/web " + POD);
  }
}
