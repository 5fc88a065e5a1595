package io.jcri.daemon.container;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What all ExecSync calls together may keep of their commands' output, from the moment it is read
 * until the reply with it has left: it lies in the heap first, and then in the network's buffers.
 *
 * <ul>
 *   <li>A little is every call's own, so that a probe never waits for other calls.
 *   <li>What is more comes out of a pool as it is needed.
 *   <li>As much as one call can ever need is kept out of the pool, for the one whose turn it is:
 *       calls that each hold a part and wait for the rest can't stop each other for ever.
 *   <li>Who has waited for as long as it may gets no more, and its output is cut with a mark.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class OutputBudget {
  /** More than the kubelet reads of a probe's output, 10 KiB. */
  static final int OWN = 16 << 10;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition freed = lock.newCondition();

  // Guarded by lock.
  private long pool;
  private @Nullable Share turn;

  /**
   * A budget that nobody has used yet.
   *
   * @param all bytes of all calls
   * @param one bytes that one call takes at most
   */
  OutputBudget(long all, long one) {
    if (one > all) {
      throw new IllegalArgumentException("%d bytes do not hold one call's %d".formatted(all, one));
    }
    this.pool = all - one;
  }

  /** The part of a call that waits so long at most, all its waits together. */
  Share share(Duration patience) {
    return new Share(patience.toNanos());
  }

  /** What one call has. For its thread, but any may close it; closing it again does no harm. */
  final class Share implements AutoCloseable {
    private int own = OWN;
    private long patience;
    private long held; // guarded by lock
    private boolean closed; // guarded by lock

    private Share(long patience) {
      this.patience = patience;
    }

    /** Takes bytes, waiting for them if it must; says whether it got them. */
    boolean take(int bytes) throws InterruptedException {
      int mine = Math.min(own, bytes);
      own -= mine;
      return mine == bytes || takeShared(bytes - mine);
    }

    private boolean takeShared(int bytes) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (!closed && turn != this) {
          if (pool >= bytes) {
            pool -= bytes;
            held += bytes;
            return true;
          }
          if (turn == null) {
            turn = this;
          } else if (patience <= 0) {
            return false;
          } else {
            patience = freed.awaitNanos(patience);
          }
        }
        return !closed;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        pool += held;
        held = 0;
        turn = turn == this ? null : turn;
        freed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
