package io.jcri.daemon.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One lock per pod or container for the length of a lifecycle step (which may wait for the kernel,
 * a plugin or the OCI runtime), so that the steps of one object are ordered and nobody else waits.
 * A lock exists only while somebody holds or awaits it.
 *
 * <p>Thread-safe.
 */
public final class KeyedLocks {
  private final Map<String, Counted> locks = new ConcurrentHashMap<>();

  private static final class Counted {
    final ReentrantLock lock = new ReentrantLock();
    int users; // guarded by the map's bin lock: touched only within compute()
  }

  /** A held lock; closing it lets the next one in. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for and takes the lock of this id. Not interruptible. */
  public Held hold(String id) {
    Counted counted =
        locks.compute(
            id,
            (key, present) -> {
              Counted c = present == null ? new Counted() : present;
              c.users++;
              return c;
            });
    counted.lock.lock();
    return () -> {
      counted.lock.unlock();
      locks.computeIfPresent(id, (key, c) -> leave(c));
    };
  }

  private static @Nullable Counted leave(Counted counted) {
    counted.users--;
    return counted.users == 0 ? null : counted;
  }
}
