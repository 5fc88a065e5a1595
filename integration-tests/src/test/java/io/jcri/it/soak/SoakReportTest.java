package io.jcri.it.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakReportTest {
  @TempDir Path folder;

  /** An hour with 60 pods a minute, of which one thing is counted. */
  private Piece hour(String name, IntToDoubleFunction value) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int minute = 0; minute <= 60; minute++) {
      JsonObject sample = new JsonObject();
      sample.addProperty("seconds", minute * 60);
      sample.addProperty("cycles", minute * 60);
      sample.addProperty("wrong", 0);
      sample.addProperty(name, value.applyAsDouble(minute));
      lines.append(sample).append('\n');
    }
    return Piece.read(Files.writeString(folder.resolve("hour.jsonl"), lines));
  }

  private static boolean isGood(Piece... pieces) {
    return new SoakReport(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
        .tell(List.of(pieces));
  }

  @Test
  void whatStaysIsGood() throws IOException {
    assertThat(isGood(hour("mounts", _ -> 1026))).isTrue();
  }

  @Test
  void oneMountInFiveHundredPodsIsTooMuch() throws IOException {
    assertThat(isGood(hour("mounts", minute -> 1026 + minute * 60 / 500))).isFalse();
  }

  @Test
  void aSawToothIsGood() throws IOException {
    assertThat(isGood(hour("rss_daemon", minute -> 130 + minute % 7 * 16))).isTrue();
  }

  @Test
  void aSawToothThatRisesIsNot() throws IOException {
    assertThat(isGood(hour("rss_daemon", minute -> 130 + minute % 7 * 16 + minute * 0.8)))
        .isFalse();
  }

  @Test
  void whatGrowsOnlyAtTheBeginningIsGood() throws IOException {
    assertThat(isGood(hour("threads", minute -> Math.min(minute, 9)))).isTrue();
  }

  @Test
  void growthIsToldByPodsAndByTime() throws IOException {
    Piece piece = hour("mounts", minute -> minute * 60);
    Growth growth = Growth.of(piece.warm(), "mounts");
    assertThat(growth.perHundred()).isBetween(95.0, 105.0);
    assertThat(growth.perHour()).isBetween(3420.0, 3780.0);
  }

  @Test
  void aPictureHasALineForEachRunAndNotMorePointsThanCanBeSeen() throws IOException {
    Piece piece = hour("mounts", _ -> 1026);
    String svg = SoakPlot.of(List.of(piece, piece));
    assertThat(svg).startsWith("<svg").endsWith("</svg>\n").contains("7,200 pods", "2.0 hours");
    assertThat(svg.split("<polyline class=\"a\" points=\"46", -1)).hasSizeGreaterThan(1);
    assertThat(svg.length()).isLessThan(60_000);
  }
}
