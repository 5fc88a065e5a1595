package io.jcri.oci.distribution;

import io.jcri.oci.distribution.config.RegistryHost;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers across blobs and pulls which hosts are in trouble, so that a dead mirror costs one dial
 * timeout and not one per blob. Thread-safe.
 */
final class HostHealth {

  private static final Duration UNREACHABLE = Duration.ofSeconds(30);
  private static final Duration TRANSIENT = Duration.ofSeconds(10);

  /** A host must not be able to lock itself out for hours by one header. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** What is remembered of more hosts at once is forgotten; they are only asked once too often. */
  private static final int MANY = 1_000;

  private final Timing timing;

  /** By origin: others first, until then. */
  private final Map<String, Instant> suspects = new ConcurrentHashMap<>();

  /**
   * By origin and caller, since registries limit each account on its own: do not ask until then.
   */
  private final Map<String, Instant> waits = new ConcurrentHashMap<>();

  HostHealth(Timing timing) {
    this.timing = timing;
  }

  void failed(HostFailure failure, String caller) {
    String origin = failure.host().origin();
    Instant now = timing.now();
    forget(suspects, now);
    forget(waits, now);
    switch (failure.outlook()) {
      case FINAL -> suspects.remove(origin);
      case TRANSIENT -> suspects.put(origin, now.plus(TRANSIENT));
      case UNREACHABLE -> suspects.put(origin, now.plus(UNREACHABLE));
    }
    failure
        .retryAfter()
        .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait)
        .ifPresent(wait -> waits.put(origin + " " + caller, now.plus(wait)));
  }

  /** Whoever names images names hosts too, and most are never asked again. */
  private static void forget(Map<String, Instant> until, Instant now) {
    if (until.size() >= MANY) {
      until.values().removeIf(end -> !end.isAfter(now));
      if (until.size() >= MANY) {
        until.clear();
      }
    }
  }

  void worked(RegistryHost host) {
    suspects.remove(host.origin());
  }

  boolean isSuspect(RegistryHost host) {
    return remaining(suspects, host.origin()).isPresent();
  }

  /** How long the host still wants to be left alone by this caller. */
  Optional<Duration> mustWait(RegistryHost host, String caller) {
    return remaining(waits, host.origin() + " " + caller);
  }

  private Optional<Duration> remaining(Map<String, Instant> until, String key) {
    Instant end = until.get(key);
    if (end == null) {
      return Optional.empty();
    }
    Duration left = Duration.between(timing.now(), end);
    if (left.isPositive()) {
      return Optional.of(left);
    }
    until.remove(key, end);
    return Optional.empty();
  }
}
