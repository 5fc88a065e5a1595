package io.jcri.oci.spec;

import java.util.Optional;

/**
 * Limits that CRI has no field for. An empty component leaves the kernel's value.
 *
 * @param memoryReservation bytes: what the kernel tries to leave to the container
 * @param swappiness 0 to 100, cgroup v1 only
 * @param disableOomKiller processes wait for memory instead of being killed, cgroup v1 only
 * @param realtimeRuntime microseconds per period for realtime tasks
 * @param realtimePeriod microseconds
 */
public record RareLimits(
    Optional<Long> memoryReservation,
    Optional<Long> swappiness,
    Optional<Boolean> disableOomKiller,
    Optional<Long> realtimeRuntime,
    Optional<Long> realtimePeriod) {

  public static final RareLimits NONE =
      new RareLimits(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** What {@code change} sets wins, the rest stays. */
  public RareLimits updatedBy(RareLimits change) {
    return new RareLimits(
        change.memoryReservation.or(() -> memoryReservation),
        change.swappiness.or(() -> swappiness),
        change.disableOomKiller.or(() -> disableOomKiller),
        change.realtimeRuntime.or(() -> realtimeRuntime),
        change.realtimePeriod.or(() -> realtimePeriod));
  }
}
