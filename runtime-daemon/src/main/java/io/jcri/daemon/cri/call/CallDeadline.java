package io.jcri.daemon.cri.call;

import io.grpc.Context;
import io.grpc.Deadline;
import io.jcri.daemon.core.JcriException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The time that the caller of the present call waits. */
public final class CallDeadline {
  private CallDeadline() {}

  /** What is left of it, negative when it is over; empty when the caller has set none. */
  public static Optional<Duration> left() {
    @Nullable Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)));
  }

  /**
   * As {@link #left}, where the contract demands one.
   *
   * @throws JcriException INVALID when there is none
   */
  public static Duration require(String call) {
    return left().orElseThrow(() -> JcriException.invalid(call + " needs a deadline on the call"));
  }
}
