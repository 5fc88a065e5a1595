package io.jcri.daemon.streaming;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.streaming.request.StreamRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The requests whose clients have not come yet, each under a token that is good once and not for
 * long: whoever knows it needs no other permission.
 *
 * <p>Thread-safe.
 */
final class Tokens {
  private static final int BYTES = 16;

  private record Entry(StreamRequest request, long issuedAt) {}

  private final SecureRandom random = new SecureRandom();
  private final int limit;
  private final long lifetime;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();

  /** In the order of their issue, which is that of their end. Guarded by lock. */
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * An empty table.
   *
   * @param limit how many may wait at once
   * @param nanoTime a clock that never goes back, such as {@link System#nanoTime}
   */
  Tokens(int limit, Duration lifetime, LongSupplier nanoTime) {
    this.limit = limit;
    this.lifetime = lifetime.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Keeps a request.
   *
   * @throws JcriException RESOURCE_EXHAUSTED when too many wait
   */
  String issue(StreamRequest request) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      expire(now);
      if (entries.size() >= limit) {
        throw new JcriException(
            Kind.RESOURCE_EXHAUSTED,
            limit + " streaming requests wait for their clients already: try again in a minute");
      }
      entries.put(token, new Entry(request, now));
      return token;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a request out; empty when the token was never issued, was used, or is too old. */
  Optional<StreamRequest> redeem(String token) {
    lock.lock();
    try {
      expire(nanoTime.getAsLong());
      return Optional.ofNullable(entries.remove(token)).map(Entry::request);
    } finally {
      lock.unlock();
    }
  }

  private void expire(long now) {
    Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext() && now - oldest.next().issuedAt >= lifetime) {
      oldest.remove();
    }
  }
}
