package io.jcri.daemon.log;

import java.util.List;

/**
 * What an operator asks for first when something is wrong: the calls in flight, the last slow ones,
 * and the last lines that say that something is wrong. Bounded; costs a call nothing.
 *
 * <p>Thread-safe.
 */
public final class Recent {
  private static final int MOST_LINES = 100;
  private static final int MOST_CALLS = 100;

  /** Of a line, so that all of them stay below 400 KB. */
  private static final int LONGEST_LINE = 2000;

  private static final Ring<LogLine> LINES = new Ring<>(MOST_LINES);
  private static final Ring<CallState> SLOW_CALLS = new Ring<>(MOST_CALLS);

  private Recent() {}

  /** All that are at work, the oldest first. */
  public static List<CallState> calls(boolean stacks) {
    return CallWatch.inFlight().stream().map(call -> call.state(stacks)).toList();
  }

  /** The last that took a second longer than they may, the oldest first. */
  public static List<CallState> slowCalls() {
    return SLOW_CALLS.list();
  }

  /** The last lines at WARN or ERROR, the oldest first. */
  public static List<LogLine> troubles() {
    return LINES.list();
  }

  static void slow(CallState call) {
    SLOW_CALLS.add(call);
  }

  static void trouble(LogLine line) {
    String message = line.message();
    LINES.add(
        message.length() <= LONGEST_LINE
            ? line
            : new LogLine(
                line.time(),
                line.level(),
                line.topic(),
                message.substring(0, LONGEST_LINE) + "…",
                line.call()));
  }
}
