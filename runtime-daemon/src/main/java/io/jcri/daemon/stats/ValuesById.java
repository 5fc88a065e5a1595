package io.jcri.daemon.stats;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What is kept of pods or containers from one question to the next, by ID. Those that are no more
 * are forgotten once they may be half of all.
 *
 * <p>Thread-safe.
 */
final class ValuesById<V> {
  private static final int LEAST = 64;

  private final Predicate<String> exists;
  private final Map<String, V> values = new ConcurrentHashMap<>();
  private volatile int room = LEAST;

  /**
   * Nothing, as yet.
   *
   * @param exists whether there is an object of that ID
   */
  ValuesById(Predicate<String> exists) {
    this.exists = exists;
  }

  /** All that is known, to be read and changed; not to be kept. */
  Map<String, V> values() {
    if (values.size() >= room) {
      values.keySet().removeIf(exists.negate());
      room = Math.max(LEAST, 2 * values.size());
    }
    return values;
  }
}
