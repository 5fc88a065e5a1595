package io.jcri.oci.distribution;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.RegistryHost.Capability;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks the hosts of a registry one after the other until one answers. Hosts in trouble are asked
 * last; when all are merely overloaded, asks again after the time that they want. Thread-safe.
 */
final class HostSequence {

  /** One request to one host. */
  interface Attempt<T> {
    T on(RegistryHost host) throws HostFailure, InterruptedException;
  }

  private static final int ROUNDS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /** The kubelet tries again by itself: longer waits are better spent there. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final String registry;
  private final List<RegistryHost> hosts;
  private final HostHealth health;
  private final Timing timing;
  private final String caller;

  /**
   * @param caller stands for the credentials in use
   */
  HostSequence(
      String registry, List<RegistryHost> hosts, HostHealth health, Timing timing, String caller) {
    this.registry = registry;
    this.hosts = hosts;
    this.health = health;
    this.timing = timing;
    this.caller = caller;
  }

  /**
   * The first answer.
   *
   * @param action for the error message, such as {@code cannot resolve X}
   * @param last hosts to ask only when all others failed
   */
  <T> T first(
      String action, Capability capability, Predicate<RegistryHost> last, Attempt<T> attempt) {
    return first(action, capability, last, List.of(), attempt);
  }

  /**
   * The first answer.
   *
   * @param before hosts to ask before those of the registry
   */
  <T> T first(
      String action,
      Capability capability,
      Predicate<RegistryHost> last,
      Collection<RegistryHost> before,
      Attempt<T> attempt) {
    List<RegistryHost> able =
        Stream.concat(before.stream(), hosts.stream())
            .filter(host -> host.can(capability))
            .toList();
    if (able.isEmpty()) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          action + ": no host configured for " + registry + " has the capability " + capability);
    }
    try {
      for (int round = 1; ; round++) {
        Map<RegistryHost, HostFailure> failures = new LinkedHashMap<>();
        for (RegistryHost host : ordered(able, last)) {
          Optional<HostFailure> barred = barred(host);
          if (barred.isPresent()) {
            failures.put(host, barred.get());
            continue;
          }
          try {
            T answer = attempt.on(host);
            health.worked(host);
            return answer;
          } catch (HostFailure failure) {
            health.failed(failure, caller);
            failures.put(host, failure);
          }
        }
        HostFailure decisive = decisive(able, failures);
        Optional<Duration> pause = pause(decisive, round);
        if (round == ROUNDS || pause.isEmpty()) {
          throw combined(action, able, failures, decisive);
        }
        timing.sleep(pause.get());
      }
    } catch (InterruptedException e) {
      throw cancelled(action, e);
    }
  }

  /** Another host alone, which is none of the registry's; its troubles are remembered as theirs. */
  HostSequence only(RegistryHost host) {
    return new HostSequence(host.host(), List.of(host), health, timing, "");
  }

  /** By the clock that counts waiting. */
  Instant now() {
    return timing.now();
  }

  /** Waits, unless the caller goes away. */
  void pause(String action, Duration time) {
    try {
      timing.sleep(time);
    } catch (InterruptedException e) {
      throw cancelled(action, e);
    }
  }

  private static OciException cancelled(String action, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new OciException(OciException.Kind.CANCELLED, action + ": cancelled", e);
  }

  /** Tells of a host that failed after it had answered. */
  void failed(HostFailure failure) {
    health.failed(failure, caller);
  }

  private List<RegistryHost> ordered(List<RegistryHost> able, Predicate<RegistryHost> last) {
    return able.stream()
        .sorted(
            Comparator.comparingInt(
                host -> (last.test(host) ? 2 : 0) + (health.isSuspect(host) ? 1 : 0)))
        .toList();
  }

  private Optional<HostFailure> barred(RegistryHost host) {
    return health
        .mustWait(host, caller)
        .map(left ->
            new HostFailure(
                host,
                OciException.Kind.UNAVAILABLE,
                Outlook.TRANSIENT,
                "it asked to wait " + (left.toSeconds() + 1) + " s more",
                left,
                null));
  }

  /**
   * The registry itself, last in the configured order, knows best; a mirror is not expected to have
   * everything. When the registry cannot be asked, what is not there wherever it could be asked is
   * not found.
   */
  private static HostFailure decisive(
      List<RegistryHost> able, Map<RegistryHost, HostFailure> failures) {
    List<HostFailure> known =
        able.reversed().stream()
            .flatMap(host -> Optional.ofNullable(failures.get(host)).stream())
            .toList();
    if (known.getFirst().outlook() != Outlook.UNREACHABLE) {
      return known.getFirst();
    }
    List<HostFailure> answers =
        known.stream().filter(failure -> failure.outlook() != Outlook.UNREACHABLE).toList();
    boolean nowhere =
        !answers.isEmpty()
            && answers.stream().allMatch(failure -> failure.kind() == OciException.Kind.NOT_FOUND);
    return nowhere ? answers.getFirst() : known.getFirst();
  }

  /** The time after which another round makes sense; none when the answer will be the same. */
  private static Optional<Duration> pause(HostFailure decisive, int round) {
    if (decisive.outlook() != Outlook.TRANSIENT) {
      return Optional.empty();
    }
    Duration usual = FIRST_PAUSE.multipliedBy(1L << (2 * (round - 1)));
    return decisive
        .retryAfter()
        .or(() -> Optional.of(usual))
        .filter(pause -> pause.compareTo(LONGEST_PAUSE) <= 0);
  }

  private static OciException combined(
      String action,
      List<RegistryHost> able,
      Map<RegistryHost, HostFailure> failures,
      HostFailure decisive) {
    String reasons =
        able.stream()
            .flatMap(host -> Optional.ofNullable(failures.get(host)).stream())
            .map(HostFailure::line)
            .collect(Collectors.joining("; "));
    return new OciException(decisive.kind(), action + ": " + reasons, decisive);
  }
}
