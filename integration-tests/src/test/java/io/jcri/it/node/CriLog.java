package io.jcri.it.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a container's log strictly, as the kubelet does. */
public final class CriLog {
  private static final Pattern LINE =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}(?:Z|[+-]\\d\\d:\\d\\d))"
              + " (stdout|stderr) ([PF]) (.*)",
          Pattern.DOTALL);

  private CriLog() {}

  /**
   * One line of a log.
   *
   * @param full false for a piece whose line goes on
   */
  public record Line(Instant time, String stream, boolean full, String text) {}

  /** Reads the whole lines; one that is being written is left out. */
  public static List<Line> read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return List.of();
    }
    String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    int end = content.lastIndexOf('\n');
    return end < 0 ? List.of() : content.substring(0, end).lines().map(CriLog::parse).toList();
  }

  /** What one stream wrote, pieces joined. */
  public static String text(List<Line> lines, String stream) {
    return lines.stream()
        .filter(line -> line.stream().equals(stream))
        .map(line -> line.full() ? line.text() + "\n" : line.text())
        .collect(Collectors.joining());
  }

  private static Line parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new AssertionError("no line of a CRI log: " + line);
    }
    return new Line(
        java.time.OffsetDateTime.parse(matcher.group(1)).toInstant(),
        matcher.group(2),
        matcher.group(3).equals("F"),
        matcher.group(4));
  }
}
