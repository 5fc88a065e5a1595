package io.jcri.daemon.cli.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

class LogFileTest {
  @TempDir private Path temp;

  @Test
  void linesAreReadThroughRotations() throws IOException {
    Path file = Files.writeString(temp.resolve("0.log"), "a\nb\nc");
    try (LogFile log = new LogFile(file)) {
      assertThat(all(log)).containsExactly("a", "b");
      append(file, "c\nd\n");
      assertThat(all(log)).containsExactly("cc", "d");

      Path old = Files.move(file, temp.resolve("0.log.1"));
      assertThat(all(log)).isEmpty();
      append(old, "e\n"); // the shim has not opened the new one yet
      Files.writeString(file, "f\n");
      assertThat(all(log)).containsExactly("e", "f");

      Files.writeString(file, ""); // by somebody who empties it
      append(file, "g\n");
      assertThat(all(log)).as("as long as before, so it can't be seen").isEmpty();
      Files.writeString(file, "");
      assertThat(all(log)).isEmpty();
      append(file, "h\n");
      assertThat(all(log)).containsExactly("h");
    }
  }

  private static List<String> all(LogFile log) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Optional<byte[]> line = log.next(); line.isPresent(); line = log.next()) {
      lines.add(new String(line.get(), StandardCharsets.UTF_8));
    }
    return lines;
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private static Optional<LogLine> parse(String line) {
    return LogLine.parse(line.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(LogLine line) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    line.writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineHasATimeAStreamAndATag() throws IOException {
    LogLine line = parse("2026-11-30T10:00:00.123456789Z stderr P:x  two  words ").orElseThrow();
    assertThat(line.stderr()).isTrue();
    assertThat(line.whole()).isFalse();
    assertThat(text(line)).isEqualTo(" two  words ");
    assertThat(line.since(Instant.parse("2026-11-30T10:00:00.123456789Z"))).isTrue();
    assertThat(line.since(Instant.parse("2026-11-30T10:00:00.123456790Z"))).isFalse();
    assertThat(text(parse("2026-11-30T12:00:00+02:00 stdout F ").orElseThrow())).isEmpty();
    assertThat(parse("no line of a log")).isEmpty();
    assertThat(parse("2026-11-30T10:00:00Z stdout")).isEmpty();
    assertThat(parse("")).isEmpty();
  }

  @Test
  void aTimeIsOneOrAnAge() {
    Instant now = Instant.parse("2026-11-30T10:00:00Z");
    assertThat(SinceConverter.parse("1h30m", now)).isEqualTo("2026-11-30T08:30:00Z");
    assertThat(SinceConverter.parse("45s", now)).isEqualTo("2026-11-30T09:59:15Z");
    assertThat(SinceConverter.parse("2d", now)).isEqualTo("2026-11-28T10:00:00Z");
    assertThat(SinceConverter.parse("2026-01-02T03:04:05+01:00", now))
        .isEqualTo("2026-01-02T02:04:05Z");
    assertThatThrownBy(() -> SinceConverter.parse("soon", now))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("1h30m");
  }
}
