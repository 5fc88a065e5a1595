package io.jcri.daemon.cli.pod;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** A line of a CRI log: {@code 2026-11-30T10:00:00.123456789Z stdout F text}. Immutable. */
final class LogLine {
  private static final int FIELDS = 3;

  private final String time;
  private final boolean stderr;
  private final boolean whole;
  private final byte[] text;

  private LogLine(String time, boolean stderr, boolean whole, byte[] text) {
    this.time = time;
    this.stderr = stderr;
    this.whole = whole;
    this.text = text;
  }

  /** As it is written. */
  String time() {
    return time;
  }

  /** Whether the text was written there. */
  boolean stderr() {
    return stderr;
  }

  /** Whether the container's line ends with it ({@code F}), or goes on ({@code P}). */
  boolean whole() {
    return whole;
  }

  /** Writes the text, without a line feed. */
  void writeTo(OutputStream out) throws IOException {
    out.write(text);
  }

  /** Reads a line; empty when it is none of a CRI log. */
  static Optional<LogLine> parse(byte[] line) {
    int[] ends = new int[FIELDS];
    int found = 0;
    for (int at = 0; at < line.length && found < FIELDS; at++) {
      if (line[at] == ' ') {
        ends[found++] = at;
      }
    }
    if (found < FIELDS) {
      return Optional.empty();
    }
    String time = text(line, 0, ends[0]);
    String stream = text(line, ends[0] + 1, ends[1]);
    String tag = text(line, ends[1] + 1, ends[2]);
    if (!stream.equals("stdout") && !stream.equals("stderr")) {
      return Optional.empty();
    }
    byte[] rest = new byte[line.length - ends[2] - 1];
    System.arraycopy(line, ends[2] + 1, rest, 0, rest.length);
    // Of tags, which are parted by colons, only the first says something yet.
    return Optional.of(
        new LogLine(time, stream.equals("stderr"), !tag.split(":", -1)[0].equals("P"), rest));
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.UTF_8);
  }

  /** Whether it was written then or later; one whose time is none counts as such. */
  boolean since(Instant then) {
    try {
      return !OffsetDateTime.parse(time).toInstant().isBefore(then);
    } catch (DateTimeException e) {
      return true;
    }
  }
}
