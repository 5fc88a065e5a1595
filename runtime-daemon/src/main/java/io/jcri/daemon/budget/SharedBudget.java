package io.jcri.daemon.budget;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes that all calls of a kind share. Who needs some takes them before it allocates, and gives
 * them back when what they were for is gone. Thread-safe; who waits is served in order.
 */
public final class SharedBudget {
  private final Bound bound;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition given = lock.newCondition();
  private long free; // guarded by lock

  public SharedBudget(Bound bound) {
    this.bound = bound;
    this.free = bound.limit();
  }

  /** A part of the budget. Closing it gives the bytes back; more than once does no harm. */
  public final class Share implements AutoCloseable {
    private long bytes; // guarded by lock

    private Share(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        free += bytes;
        bytes = 0;
        given.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Takes the bytes if they are there now.
   *
   * @throws JcriException RESOURCE_EXHAUSTED when they are not
   */
  public Share take(long bytes) {
    lock.lock();
    try {
      if (free < bytes) {
        throw exhausted(bytes);
      }
      free -= bytes;
      return new Share(bytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #take(long)}, but waits a while for others to give some back.
   *
   * @throws JcriException RESOURCE_EXHAUSTED when that was too short
   */
  public Share take(long bytes, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (free < bytes && bytes <= bound.limit() && left > 0) {
        left = given.awaitNanos(left);
      }
      return take(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many bytes nobody has now. */
  public long free() {
    lock.lock();
    try {
      return free;
    } finally {
      lock.unlock();
    }
  }

  private JcriException exhausted(long bytes) {
    return new JcriException(
        Kind.RESOURCE_EXHAUSTED,
        "%d bytes are more than is left of the %d that %s may take"
            .formatted(bytes, bound.limit(), bound.who()));
  }
}
