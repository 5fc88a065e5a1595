package io.jcri.daemon.checkpoint;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.log.CurrentCall;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The time that a call may take.
 *
 * @param end of it, by {@link System#nanoTime}
 */
public record Budget(long end) {
  /** What a worker that was interrupted may take to end what it had begun. */
  private static final Duration WIND_UP = Duration.ofSeconds(20);

  public static Budget of(Duration limit) {
    return new Budget(System.nanoTime() + limit.toNanos());
  }

  /**
   * What is left.
   *
   * @throws JcriException DEADLINE_EXCEEDED when that is nothing
   */
  Duration left(String what) {
    long nanos = end - System.nanoTime();
    if (nanos <= 0) {
      throw exceeded(what);
    }
    return Duration.ofNanos(nanos);
  }

  /**
   * Does the work in a thread of its own, which is interrupted when the time is over; returns or
   * throws when it has ended.
   *
   * @throws JcriException DEADLINE_EXCEEDED; what the work threw
   */
  <T> T spend(String what, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread worker = Thread.ofVirtual().name(what).start(CurrentCall.carried(task));
    try {
      return task.get(left(what).toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw exceeded(what);
    } catch (ExecutionException e) {
      if (end - System.nanoTime() <= 0) {
        throw exceeded(what + " (" + e.getMessage() + ")");
      }
      throw Failures.unchecked(e.getCause(), what);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JcriException(Kind.DEADLINE_EXCEEDED, what + " was given up by its caller", e);
    } finally {
      end(worker);
    }
  }

  private static void end(Thread worker) {
    worker.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      worker.join(WIND_UP);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static JcriException exceeded(String what) {
    return new JcriException(Kind.DEADLINE_EXCEEDED, what + " did not end in time");
  }
}
