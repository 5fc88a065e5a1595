package io.jcri.shim;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes what must not be waited for any longer: a blocking read of a channel has no time limit of
 * its own.
 */
final class Deadlines {
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private Deadlines() {}

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("jcri-shim-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** Runs the action again and again; it must be short. */
  static ScheduledFuture<?> every(long millis, Runnable action) {
    return TIMER.scheduleWithFixedDelay(action, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Runs the action after the time; it must be short. */
  static ScheduledFuture<?> after(long millis, Runnable action) {
    return TIMER.schedule(action, millis, TimeUnit.MILLISECONDS);
  }
}
