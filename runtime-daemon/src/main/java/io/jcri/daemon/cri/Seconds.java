package io.jcri.daemon.cri;

import java.time.Duration;

/** Times that callers give in whole seconds. */
final class Seconds {
  /** Nobody waits longer, and it can be counted in any unit. */
  private static final long MOST = Duration.ofDays(3650).toSeconds();

  private Seconds() {}

  /** None when it is negative; one that is beyond counting is cut. */
  static Duration of(long seconds) {
    return Duration.ofSeconds(Math.clamp(seconds, 0, MOST));
  }
}
