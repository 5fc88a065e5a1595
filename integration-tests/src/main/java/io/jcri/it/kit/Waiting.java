package io.jcri.it.kit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.Supplier;

/** Waits for what another process does; the time is a bound, never what a test proves. */
public final class Waiting {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Waiting() {}

  /** Something that becomes true. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Returns once the condition holds.
   *
   * @throws IOException when it does not within {@code patience}, saying what was awaited
   */
  public static void until(Duration patience, Condition condition, Supplier<String> otherwise)
      throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("%s after %s".formatted(otherwise.get(), patience));
      }
      pause();
    }
  }

  /** Waits for a process to end; says whether it did. */
  public static boolean end(Process process, Duration patience) throws IOException {
    try {
      return process.waitFor(patience);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Passes an interruption on as what the methods of the kit throw. */
  static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(e);
    return interrupted;
  }

  static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }
}
