package io.jcri.oci.distribution;

import java.time.Duration;

/**
 * When a host that was connected to is too slow, and another connection or host is tried. Time in
 * which a body waits for its reader does not count.
 *
 * @param silence how long it may send nothing
 * @param leastRate bytes a second that it must send over each stretch of {@code silence}
 */
public record Patience(Duration silence, int leastRate) {

  /** Any line brings that much; what trickles to keep a connection open does not. */
  public static final Patience DEFAULT = new Patience(Duration.ofSeconds(60), 1024);

  /** How many bytes must have come in a time. */
  long least(Duration time) {
    return Math.multiplyExact(time.toSeconds(), (long) leastRate);
  }
}
