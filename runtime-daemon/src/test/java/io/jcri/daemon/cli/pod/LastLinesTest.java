package io.jcri.daemon.cli.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LastLinesTest {
  /** Parts such as {@code out P ab}, as one text with a stroke behind each that ends a line. */
  private static String last(int most, String... parts) throws IOException {
    LastLines lines = new LastLines(most);
    for (String part : parts) {
      lines.add(
          LogLine.parse(("2026-01-01T00:00:00Z std" + part).getBytes(StandardCharsets.UTF_8))
              .orElseThrow());
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (LogLine part : lines.parts()) {
      part.writeTo(text);
      if (part.whole()) {
        text.write('|');
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void linesOfBothStreamsCount() throws IOException {
    assertThat(last(2, "out F a", "err F b", "out F c")).isEqualTo("b|c|");
    assertThat(last(9, "out F a", "err F b")).isEqualTo("a|b|");
    assertThat(last(0, "out F a", "err P b")).isEmpty();
  }

  @Test
  void aLineInPartsIsOneThoughTheOtherStreamWroteInBetween() throws IOException {
    assertThat(last(1, "out F x", "out P a", "err F e", "out F b")).isEqualTo("ab|");
    assertThat(last(2, "out F x", "out P a", "err F e", "out F b")).isEqualTo("e|ab|");
    assertThat(last(2, "out P a", "err P e", "out F b", "err F f")).isEqualTo("ab|ef|");
  }

  @Test
  void whatHasNotEndedIsTheLast() throws IOException {
    assertThat(last(1, "out F a", "out P b")).isEqualTo("b");
    assertThat(last(2, "out F a", "out P b")).isEqualTo("a|b");
  }
}
