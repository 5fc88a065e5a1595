package io.jcri.it.faults;

import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines of a container's output, counted.
 *
 * @param written that the program has written for all that can be known: to the last number that
 *     the log has, or that its program came to
 * @param marked that are missing where the log says that some may be
 * @param lost that are missing elsewhere
 * @param doubled that are there twice, or in pieces
 */
record LogCount(long written, long marked, long lost, long doubled) {
  static final LogCount NONE = new LogCount(0, 0, 0, 0);

  private static final Pattern LINE = Pattern.compile("(line|end) (\\d{1,9})");
  private static final Pattern DROPPED = Pattern.compile("\\[jcri: \\d+ bytes dropped]");

  /**
   * Counts.
   *
   * @param log the file's lines
   * @param whole whether the program came to its own end, so that all of its lines were written
   */
  static LogCount of(Program program, List<String> log, boolean whole) {
    Reading reading = new Reading();
    StringBuilder parts = new StringBuilder();
    for (String entry : log) {
      if (entry.contains(Program.BREAK)) {
        reading.mark();
        continue;
      }
      String[] fields = entry.split(" ", 4);
      if (fields.length == 4 && fields[1].equals("stdout")) {
        parts.append(fields[3]);
        if (!fields[2].equals("P")) {
          reading.take(parts.toString());
          parts.setLength(0);
        }
      }
    }
    if (!parts.isEmpty()) {
      reading.take(parts.toString());
    }
    boolean anywhere = log.stream().anyMatch(entry -> DROPPED.matcher(entry).find());
    return reading.count(program, whole, anywhere);
  }

  LogCount plus(LogCount other) {
    return new LogCount(
        written + other.written, marked + other.marked, lost + other.lost, doubled + other.doubled);
  }

  /** What was read so far. */
  private static final class Reading {
    private final BitSet seen = new BitSet();
    private final BitSet excused = new BitSet();
    private int end = -1;
    private long doubled;

    /** The log has just said that lines may be missing here. */
    private boolean open;

    void mark() {
      open = true;
    }

    void take(String text) {
      Matcher matcher = LINE.matcher(text);
      if (!matcher.matches()) {
        doubled++;
        return;
      }
      int number = Integer.parseInt(matcher.group(2));
      if (open && number > seen.length()) {
        excused.set(seen.length(), number);
      }
      open = false;
      if (matcher.group(1).equals("end")) {
        doubled += end < 0 ? 0 : 1;
        end = number;
      } else {
        doubled += seen.get(number) ? 1 : 0;
        seen.set(number);
      }
    }

    LogCount count(Program program, boolean whole, boolean anywhere) {
      int least =
          switch (program.end()) {
            case BY_ITSELF -> program.lines();
            case OUT_OF_MEMORY -> 1;
            case WHEN_TOLD, WHEN_KILLED -> 0;
          };
      int total = Math.max(seen.length(), Math.max(end, whole ? least : 0));
      if (open) {
        excused.set(seen.length(), total);
      }
      if (anywhere) {
        excused.set(0, total);
      }
      BitSet missing = new BitSet();
      missing.set(0, total);
      missing.andNot(seen);
      long all = missing.cardinality();
      missing.and(excused);
      long marked = missing.cardinality();
      long lost = all - marked;
      boolean saysItsEnd =
          program.end() == Program.End.BY_ITSELF || program.end() == Program.End.WHEN_TOLD;
      long ends = end >= 0 || (whole && saysItsEnd) ? 1 : 0;
      if (ends == 1 && end < 0) {
        boolean excusedEnd = open || anywhere;
        marked += excusedEnd ? 1 : 0;
        lost += excusedEnd ? 0 : 1;
      }
      return new LogCount(total + ends, marked, lost, doubled);
    }
  }
}
