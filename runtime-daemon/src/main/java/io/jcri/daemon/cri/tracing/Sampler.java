package io.jcri.daemon.cri.tracing;

import java.util.Optional;

/**
 * Which calls are recorded, as OpenTelemetry's samplers of the same names say. Immutable.
 *
 * @param asParent whether a caller's decision counts, where there is one
 * @param ratio of all others, from 0 to 1
 */
record Sampler(boolean asParent, double ratio) {
  private static final int LOW_HALF = 16;

  /** The one that counts when nobody has named one: {@code parentbased_always_on}. */
  static final Sampler USUAL = new Sampler(true, 1);

  /**
   * By OpenTelemetry's name.
   *
   * @param ratio for those that have one
   * @return empty for a name that is not known here
   */
  static Optional<Sampler> of(String name, double ratio) {
    return Optional.ofNullable(
        switch (name) {
          case "always_on" -> new Sampler(false, 1);
          case "always_off" -> new Sampler(false, 0);
          case "traceidratio" -> new Sampler(false, ratio);
          case "parentbased_always_on" -> new Sampler(true, 1);
          case "parentbased_always_off" -> new Sampler(true, 0);
          case "parentbased_traceidratio" -> new Sampler(true, ratio);
          default -> null;
        });
  }

  /**
   * Where in a trace a call is.
   *
   * @param caller where its caller is
   * @return empty when it is not recorded
   */
  Optional<TraceContext> place(Optional<TraceContext> caller) {
    if (caller.isEmpty()) {
      TraceContext first = TraceContext.fresh();
      return takes(first.traceId()) ? Optional.of(first) : Optional.empty();
    }
    TraceContext parent = caller.get();
    boolean taken = asParent ? parent.sampled() : takes(parent.traceId());
    return taken ? Optional.of(parent.child().recorded()) : Optional.empty();
  }

  /** By the trace's number, so that all who have the same ratio take the same traces. */
  private boolean takes(String traceId) {
    if (ratio >= 1) {
      return true;
    }
    long random = Long.parseUnsignedLong(traceId.substring(LOW_HALF), 16) & Long.MAX_VALUE;
    return ratio > 0 && random < (long) (ratio * Long.MAX_VALUE);
  }
}
