package io.jcri.daemon.image;

import java.time.Duration;
import java.util.Arrays;

/**
 * How fast something has grown in the last seconds. Times are nanoseconds of one clock that never
 * goes back. Not thread-safe.
 */
final class Rate {
  private static final int SLOTS = 5;
  private static final long SLOT = Duration.ofSeconds(1).toNanos();

  private final long start;
  private final long[] amounts = new long[SLOTS];

  /** The number of the latest slot since the start. */
  private long latest;

  Rate(long now) {
    this.start = now;
  }

  void add(long amount, long now) {
    advance(now);
    amounts[(int) (latest % SLOTS)] += amount;
  }

  /** Per second, over as many of the last five seconds as there have been. */
  long perSecond(long now) {
    advance(now);
    long covered = Math.min(now - start, (SLOTS - 1) * SLOT + (now - start) % SLOT);
    long sum = Arrays.stream(amounts).sum();
    // The first moments say nothing of a second yet.
    return (long) (sum * (double) SLOT / Math.max(covered, SLOT));
  }

  private void advance(long now) {
    long slot = (now - start) / SLOT;
    for (long next = Math.max(latest + 1, slot - SLOTS + 1); next <= slot; next++) {
      amounts[(int) (next % SLOTS)] = 0;
    }
    latest = Math.max(latest, slot);
  }
}
