package io.jcri.daemon.cli.pod;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The last lines that a container wrote, by when each ended. One that was written in parts counts
 * as one, also when the other stream wrote in between; what has not ended counts as the last. Not
 * thread-safe.
 */
final class LastLines {
  private final int most;
  private final Deque<List<LogLine>> ended = new ArrayDeque<>();
  private List<LogLine> output = new ArrayList<>();
  private List<LogLine> errors = new ArrayList<>();

  LastLines(int most) {
    this.most = most;
  }

  /** Takes the next part of the log. */
  void add(LogLine part) {
    List<LogLine> line = part.stderr() ? errors : output;
    line.add(part);
    if (!part.whole()) {
      return;
    }
    if (part.stderr()) {
      errors = new ArrayList<>();
    } else {
      output = new ArrayList<>();
    }
    ended.addLast(line);
    if (ended.size() > most) {
      ended.removeFirst();
    }
  }

  /** The parts of the last lines, each line's together. */
  List<LogLine> parts() {
    List<List<LogLine>> lines =
        Stream.concat(ended.stream(), Stream.of(output, errors).filter(line -> !line.isEmpty()))
            .toList();
    return lines.stream().skip(Math.max(0, lines.size() - most)).flatMap(List::stream).toList();
  }
}
