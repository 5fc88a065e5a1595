package io.jcri.daemon.container;

import io.jcri.shim.ExitRecord;

/**
 * How a container ended.
 *
 * @param code 0..255; 128 + the signal for one killed by it
 * @param at nanoseconds since the epoch
 * @param reason {@code Completed}, {@code Error}, {@code OOMKilled}, {@code StartError}, {@code
 *     Unknown}: words that the kubelet shows to users
 * @param message more for a human, or empty
 */
public record Exit(int code, long at, String reason, String message) {
  /** The code of a container whose process could not be started. */
  public static final int START_ERROR_CODE = 128;

  /** 128 + SIGKILL: another process of the container may have been the one that memory killed. */
  private static final int KILLED_CODE = 137;

  /** The code of a container whose exit nobody saw. */
  public static final int UNKNOWN_CODE = 255;

  /** The message of one whose shim has left no word of it. */
  static final String LOST = "its shim was lost, and with it the true exit code";

  /** An ordinary end, with the reason that follows from the code. */
  public static Exit of(int code, long at, boolean oomKilled) {
    boolean oom = oomKilled && code == KILLED_CODE;
    return new Exit(code, at, oom ? "OOMKilled" : code == 0 ? "Completed" : "Error", "");
  }

  /** What the shim tells: after our own SIGKILL, memory is not what ended it. */
  static Exit of(ExitRecord record) {
    if (record.codeLost()) {
      return unknown(record.finishedAtNanos(), LOST);
    }
    boolean oom = record.oomKilled() && !record.killRequested();
    Exit exit = of(record.exitCode(), record.finishedAtNanos(), oom);
    return record.logDropped() == 0
        ? exit
        : exit.withMessage(
            "the disk of its log was full: %d bytes of output were dropped"
                .formatted(record.logDropped()));
  }

  Exit withMessage(String text) {
    return new Exit(code, at, reason, text);
  }

  public static Exit startError(long at, String message) {
    return new Exit(START_ERROR_CODE, at, "StartError", message);
  }

  public static Exit unknown(long at, String message) {
    return new Exit(UNKNOWN_CODE, at, "Unknown", message);
  }
}
