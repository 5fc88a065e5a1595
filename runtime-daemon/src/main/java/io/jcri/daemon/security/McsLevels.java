package io.jcri.daemon.security;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/**
 * Pairs of SELinux categories, {@code c17,c803}, each for one pod: with half a million of them a
 * random one is hardly ever taken. Thread-safe.
 */
final class McsLevels {
  private static final int CATEGORIES = 1024;
  private static final int TRIES = 10_000;

  /** How many pods have a pair: several do when the kubelet gave it to them. */
  private final Map<String, Integer> taken = new HashMap<>();

  private final SecureRandom random = new SecureRandom();

  /** A pair that no pod has. */
  synchronized String take() {
    for (int i = 0; i < TRIES; i++) {
      int one = random.nextInt(CATEGORIES);
      int other = random.nextInt(CATEGORIES);
      String pair = "c" + Math.min(one, other) + ",c" + Math.max(one, other);
      if (one != other && taken.putIfAbsent(pair, 1) == null) {
        return pair;
      }
    }
    throw new JcriException(
        Kind.RESOURCE_EXHAUSTED,
        "no SELinux category pair is free: " + taken.size() + " are taken");
  }

  /** Another pod has the pair too. */
  synchronized void reserve(String pair) {
    if (!pair.isEmpty()) {
      taken.merge(pair, 1, Integer::sum);
    }
  }

  synchronized void release(String pair) {
    taken.computeIfPresent(pair, (_, users) -> users == 1 ? null : users - 1);
  }
}
