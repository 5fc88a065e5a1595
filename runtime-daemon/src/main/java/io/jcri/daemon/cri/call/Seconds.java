package io.jcri.daemon.cri.call;

import java.time.Duration;

/** Times that callers give in whole seconds. */
public final class Seconds {
  /** Nobody waits longer, and it can be counted in any unit. */
  private static final long MOST = Duration.ofDays(3650).toSeconds();

  private Seconds() {}

  /** None when it is negative; one that is beyond counting is cut. */
  public static Duration of(long seconds) {
    return Duration.ofSeconds(Math.clamp(seconds, 0, MOST));
  }
}
