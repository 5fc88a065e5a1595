package io.jcri.cni;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on telling that a network is ready for a while after it has begun to fail: a node that is
 * not ready gets no pods and loses some, which an agent of the network that is just replaced is not
 * worth. Of a network that was never ready nothing good is told, nor again before it has been ready
 * once its failing was told. Thread-safe.
 */
final class StatusGrace {
  private static final Logger log = LoggerFactory.getLogger(StatusGrace.class);

  private final LongSupplier clock;
  private Duration grace = Duration.ZERO;
  private boolean told;
  private boolean toldReady;
  private boolean failing;
  private long since;

  /**
   * Tells everything at once, until it is given a grace.
   *
   * @param clock nanoseconds since any moment
   */
  StatusGrace(LongSupplier clock) {
    this.clock = clock;
  }

  /** For how long a failure is not told; zero for all to be told. */
  synchronized void use(Duration duration) {
    grace = duration;
  }

  /**
   * As long as nothing is told: the daemon before has told so, since pods came to their network.
   */
  synchronized void wasReady() {
    toldReady |= !told;
  }

  /** What is to be told of what was found just now. */
  synchronized NetworkStatus told(NetworkStatus found) {
    told = true;
    if (found.ready()) {
      if (failing) {
        log.info("the network is ready again");
      }
      failing = false;
      toldReady = true;
      return found;
    }
    if (toldReady && !failing) {
      failing = true;
      since = clock.getAsLong();
      if (grace.isPositive()) {
        log.warn(
            "the network is not ready, which is told in {} s: {}",
            grace.toSeconds(),
            found.message());
      }
    }
    if (toldReady && clock.getAsLong() - since < grace.toNanos()) {
      return NetworkStatus.ready("not ready, which is not told yet: " + found.message());
    }
    toldReady = false;
    failing = false;
    return found;
  }
}
