package io.jcri.daemon.system;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time as CRI wants it.
 *
 * @param source where the time comes from
 */
public record Clock(InstantSource source) {

  /** The machine's clock. */
  public static Clock system() {
    return new Clock(InstantSource.system());
  }

  /** Nanoseconds since the epoch. */
  public long nanos() {
    Instant now = source.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
