package io.jcri.daemon.log;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A failure's stack as text, or that of a thread that is at work. */
final class StackText {
  private StackText() {}

  /** What a thread does at this moment; no failure. */
  static final class Moment extends Throwable {
    private static final long serialVersionUID = 1;

    Moment(Thread thread) {
      super("", null, false, true);
      setStackTrace(thread.getStackTrace());
    }
  }

  /** What a thread does at this moment, a line a frame, the innermost first. */
  static List<String> lines(Thread thread) {
    return Stream.of(thread.getStackTrace()).map(StackTraceElement::toString).toList();
  }

  static String of(IThrowableProxy failure) {
    StringBuilder text = new StringBuilder();
    append(text, failure, "");
    return text.toString();
  }

  private static void append(StringBuilder text, IThrowableProxy failure, String before) {
    if (!failure.getClassName().equals(Moment.class.getName())) {
      text.append(before).append(failure.getClassName());
      if (failure.getMessage() != null) {
        text.append(": ").append(failure.getMessage());
      }
      text.append('\n');
    }
    StackTraceElementProxy[] frames = failure.getStackTraceElementProxyArray();
    int own = Math.max(frames.length - failure.getCommonFrames(), Math.min(1, frames.length));
    for (int i = 0; i < own; i++) {
      text.append("\tat ").append(frames[i].getStackTraceElement()).append('\n');
    }
    @Nullable IThrowableProxy cause = failure.getCause();
    if (cause != null && !failure.isCyclic()) {
      append(text, cause, "caused by: ");
    }
  }
}
