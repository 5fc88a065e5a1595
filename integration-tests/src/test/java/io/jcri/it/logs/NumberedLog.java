package io.jcri.it.logs;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * What the log files of one container hold of a stream that the program {@code lines} has written,
 * read piece by piece since they may be large. Not thread-safe.
 */
final class NumberedLog {
  /** The time, the stream and the tag, with a space after each. */
  private static final int PREFIX = 40;

  private static final int STREAM_AT = 31;
  private static final int TAG_AT = 38;
  private static final int LINE = 79;
  private static final int DIGITS = 12;
  private static final Pattern LAST =
      Pattern.compile("lines written: (\\d+), the longest write: ([0-9.]+) ms");
  private static final Pattern MARK = Pattern.compile("\\[jcri: (\\d+) bytes dropped]");

  private final String stream;
  private long next;

  /** Lines that are there. */
  long lines;

  /** Numbers that are missing. */
  long missing;

  /** Lines that were there before, or that are no line of the program's. */
  long wrong;

  /** Bytes that the program has written and that are there. */
  long bytes;

  /** Bytes that marks tell of. */
  long dropped;

  /** Lines that the program says it has written; -1 when it doesn't say. */
  long written = -1;

  /** Milliseconds that the program has waited for its longest write. */
  double longestWrite;

  private NumberedLog(String stream) {
    this.stream = stream;
  }

  /**
   * Reads one stream.
   *
   * @param files the oldest first; those whose name ends with {@code .gz} are unpacked
   */
  static NumberedLog read(List<Path> files, String stream) throws IOException {
    NumberedLog log = new NumberedLog(stream);
    for (Path file : files) {
      try (InputStream raw = Files.newInputStream(file);
          InputStream in =
              new BufferedInputStream(
                  file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw, 1 << 20)) {
        log.take(in);
      }
    }
    return log;
  }

  /** How many bytes the program has written to this stream, but for its last line. */
  long bytesWritten() {
    return written * (LINE + 1L);
  }

  private void take(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 20];
    int held = 0;
    for (int got = in.read(buffer); got > 0; got = in.read(buffer, held, buffer.length - held)) {
      int end = held + got;
      int begin = 0;
      for (int i = held; i < end; i++) {
        if (buffer[i] == '\n') {
          line(buffer, begin, i);
          begin = i + 1;
        }
      }
      held = end - begin;
      System.arraycopy(buffer, begin, buffer, 0, held);
    }
    if (held > 0) {
      wrong++;
    }
  }

  private void line(byte[] buffer, int begin, int end) {
    int length = end - begin - PREFIX;
    if (length < 0 || buffer[begin + TAG_AT] != 'F') {
      wrong++;
      return;
    }
    boolean ours = is(buffer, begin + STREAM_AT, stream);
    if (length == LINE && number(buffer, begin + PREFIX) >= 0) {
      if (ours) {
        numbered(number(buffer, begin + PREFIX));
      }
      return;
    }
    String text = new String(buffer, begin + PREFIX, length, StandardCharsets.ISO_8859_1);
    Matcher last = LAST.matcher(text);
    Matcher mark = MARK.matcher(text);
    if (mark.matches()) {
      dropped += Long.parseLong(mark.group(1));
    } else if (!last.matches()) {
      wrong++;
    } else if (ours) {
      written = Long.parseLong(last.group(1));
      longestWrite = Double.parseDouble(last.group(2));
    }
  }

  private void numbered(long number) {
    if (number < next) {
      wrong++;
      return;
    }
    missing += number - next;
    next = number + 1;
    lines++;
    bytes += LINE + 1;
  }

  private static boolean is(byte[] buffer, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (buffer[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long number(byte[] buffer, int at) {
    long number = 0;
    for (int i = at; i < at + DIGITS; i++) {
      if (buffer[i] < '0' || buffer[i] > '9') {
        return -1;
      }
      number = number * 10 + buffer[i] - '0';
    }
    return buffer[at + DIGITS] == ' ' ? number : -1;
  }

  @Override
  public String toString() {
    return "%s: %d lines of %d, %d missing, %d wrong, %d bytes dropped, longest write %.1f ms"
        .formatted(stream, lines, written, missing, wrong, dropped, longestWrite);
  }
}
