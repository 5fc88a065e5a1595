package io.jcri.it.faults;

import java.util.List;
import java.util.Random;

/**
 * What a container runs, and how it ends by itself or is ended. Each writes lines with numbers, so
 * that the judge can tell what is missing.
 *
 * @param end how it comes to its end
 * @param lines how many it writes before it ends by itself
 * @param code what it exits with, unless it is killed
 */
record Program(End end, int lines, int code) {
  /** How a program comes to its end. */
  enum End {
    /** By itself, after its lines. */
    BY_ITSELF,
    /** When it is told to (SIGTERM); its last line says how many there were. */
    WHEN_TOLD,
    /** Not before it is killed. */
    WHEN_KILLED,
    /** The kernel kills it for want of memory. */
    OUT_OF_MEMORY
  }

  /** What a log says where its shim has died and another one goes on. */
  static final String BREAK = "[jcri: its shim died here; output may be missing]";

  private static final String FOR_EVER =
      "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.02 & wait $!; done";

  static Program random(Random random) {
    End end =
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> End.BY_ITSELF;
          case 3, 4, 5 -> End.WHEN_TOLD;
          case 6 -> End.WHEN_KILLED;
          default -> End.OUT_OF_MEMORY;
        };
    return new Program(end, 1 + random.nextInt(3000), random.nextInt(1, 128));
  }

  /** The command of a container with a shell. */
  List<String> command() {
    String script =
        switch (end) {
          case BY_ITSELF ->
              "i=0; while [ $i -lt %d ]; do echo line $i; i=$((i+1)); done; echo end $i; exit %d"
                  .formatted(lines, code);
          case WHEN_TOLD -> "trap 'echo end $i; exit %d' TERM; %s".formatted(code, FOR_EVER);
          case WHEN_KILLED -> "trap '' TERM; " + FOR_EVER;
          case OUT_OF_MEMORY -> "echo line 0; x=0123456789abcdef; while :; do x=$x$x; done";
        };
    return List.of("sh", "-c", script);
  }

  /** Bytes of memory that it may have; 0 for no limit. */
  long memoryLimit() {
    return end == End.OUT_OF_MEMORY ? 16L << 20 : 0;
  }

  /** Whether it goes on until somebody ends it. */
  boolean runsOn() {
    return end == End.WHEN_TOLD || end == End.WHEN_KILLED;
  }

  /** What its exit code must be. */
  int exitCode() {
    return end == End.WHEN_KILLED || end == End.OUT_OF_MEMORY ? 137 : code;
  }

  /** What the status must give as its reason. */
  String reason() {
    return end == End.OUT_OF_MEMORY ? "OOMKilled" : exitCode() == 0 ? "Completed" : "Error";
  }

  /**
   * As {@link #wrongIn(List, boolean)}, of a log that says that so many bytes were dropped: those
   * of the lines that are missing, no fewer.
   */
  @org.jspecify.annotations.Nullable
  String wrongIn(List<String> log, boolean whole, long dropped) {
    if (dropped == 0) {
      return wrongIn(log, whole);
    }
    if (log.contains(BREAK)) {
      return null; // which of both a line is missing for cannot be told
    }
    long missing = 0;
    int number = 0;
    boolean ended = false;
    for (String line : log) {
      int said = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
      boolean isEnd = line.startsWith("end ");
      if (ended || said < number - (isEnd ? 1 : 0)) {
        return "after line %d the log has '%s'".formatted(number - 1, line);
      }
      for (; number < said; number++) {
        missing += bytes("line " + number);
      }
      number += isEnd ? 0 : 1;
      ended = isEnd;
    }
    if (whole && end == End.BY_ITSELF) {
      for (; number < lines; number++) {
        missing += bytes("line " + number);
      }
      missing += ended ? 0 : bytes("end " + lines);
      return missing == dropped
          ? null
          : "%d bytes are missing, and %d are said to be dropped".formatted(missing, dropped);
    }
    return missing <= dropped
        ? null
        : "%d bytes are missing, and only %d are said to be dropped".formatted(missing, dropped);
  }

  private static int bytes(String line) {
    return line.length() + 1;
  }

  /**
   * What is wrong with what the log has of stdout; null when nothing is.
   *
   * @param whole false when the end may be missing, since somebody has killed what writes it
   */
  @org.jspecify.annotations.Nullable
  String wrongIn(List<String> written, boolean whole) {
    List<String> log = untilItsEnd(written);
    int number = 0;
    boolean broken = false; // just before: then some may be missing
    for (int i = 0; i < log.size(); i++) {
      String line = log.get(i);
      boolean skips = broken && line.matches("line \\d+|end \\d+") && said(line) >= number;
      if (line.equals(BREAK)) {
        broken = true;
      } else if (line.startsWith("end ") && i == log.size() - 1) {
        // A signal may come between a line and the counting of it.
        return skips || said(line) == number || said(line) == number - 1
            ? null
            : "the log has %d lines, of %d".formatted(number, said(line));
      } else if (skips || line.equals("line " + number)) {
        number = said(line) + 1;
        broken = false;
      } else {
        return "after %d lines the log has '%s'".formatted(number, line);
      }
    }
    boolean saysItsEnd = end == End.BY_ITSELF || end == End.WHEN_TOLD;
    if (whole && saysItsEnd && !broken) {
      return "the log breaks off after %d lines".formatted(number);
    }
    return whole && number == 0 && !broken ? "the log is empty" : null;
  }

  /** A shim may die when the last line is written and the container has not ended yet. */
  private static List<String> untilItsEnd(List<String> log) {
    int end = log.size();
    while (end > 0 && log.get(end - 1).equals(BREAK)) {
      end--;
    }
    return end > 0 && log.get(end - 1).startsWith("end ") ? log.subList(0, end) : log;
  }

  private static int said(String line) {
    return Integer.parseInt(line.substring(line.indexOf(' ') + 1));
  }
}
