package io.jcri.daemon.core;

import io.jcri.daemon.log.CurrentCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    final Set<Who> waiting = ConcurrentHashMap.newKeySet();
    volatile @Nullable Who holder; // the last; it may have let go
    int users; // guarded by the map's bin lock: touched only within compute()
  }

  /**
   * A thread that holds a lock, or waits for it.
   *
   * @param call for which it does; empty where an end is dealt with, say
   * @param since in {@link System#nanoTime}'s time
   */
  public record Who(Thread thread, Optional<CurrentCall> call, long since) {
    static Who here() {
      return new Who(Thread.currentThread(), CurrentCall.current(), System.nanoTime());
    }
  }

  /**
   * A lock that somebody has.
   *
   * @param id of the object
   */
  public record Taken(String id, Who holder, List<Who> waiting) {}

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
    if (!counted.lock.tryLock()) {
      await(counted);
    }
    counted.holder = Who.here();
    return () -> {
      counted.lock.unlock();
      locks.computeIfPresent(id, (key, c) -> leave(c));
    };
  }

  private static void await(Counted counted) {
    Who who = Who.here();
    counted.waiting.add(who);
    try {
      counted.lock.lock();
    } finally {
      counted.waiting.remove(who);
    }
  }

  private static @Nullable Counted leave(Counted counted) {
    counted.users--;
    return counted.users == 0 ? null : counted;
  }

  /** The locks that are held at this moment. Waits for nobody. */
  public List<Taken> taken() {
    List<Taken> taken = new ArrayList<>();
    locks.forEach((id, counted) -> {
      @Nullable Who holder = counted.holder;
      if (holder != null && counted.lock.isLocked()) {
        taken.add(new Taken(id, holder, List.copyOf(counted.waiting)));
      }
    });
    return taken;
  }
}
