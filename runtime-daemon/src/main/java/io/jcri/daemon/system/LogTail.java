package io.jcri.daemon.system;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a program's log, for an error message. */
public final class LogTail {
  private static final int BYTES = 64 << 10;
  private static final int LINES = 8;

  private LogTail() {}

  /**
   * The last lines that speak of an error, or the last of all when none does, in one line; empty
   * when there is no such file.
   */
  public static String of(Path log) {
    ByteBuffer end = ByteBuffer.allocate(BYTES);
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - BYTES));
      int length = 0;
      while (length >= 0 && end.hasRemaining()) {
        length = channel.read(end);
      }
    } catch (IOException e) {
      return "";
    }
    String text = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8);
    String errors = text.lines().filter(line -> line.contains("Error")).collect(joining("\n"));
    return oneLine(errors.isEmpty() ? text : errors);
  }

  /** The last lines of a text, joined by semicolons. */
  public static String oneLine(String text) {
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    return String.join("; ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()))
        .replaceAll("\\p{Cntrl}", " ");
  }
}
