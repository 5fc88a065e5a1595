package io.jcri.oci.image;

import io.jcri.oci.OciException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the layers of one pull durable in as few rounds as possible: whoever has unpacked one waits
 * until nobody of the pull unpacks any more, or for a while, and then one sync serves all. A sync
 * writes to the disk what is there of all layers, the blobs of those that are still on their way
 * too, so that each one costs more than what it is for. Thread-safe.
 *
 * @param <T> what is made durable
 */
final class PullSync<T> {

  /** What a worker that dies may cost at most. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** Those who are served together; guarded by the lock. */
  private static final class Round<T> {
    final List<T> members = new ArrayList<>();
    final long until;
    boolean begun;
    boolean ended;
    boolean failed;

    Round(long until) {
      this.until = until;
    }
  }

  private final Consumer<List<T>> settle;
  private final long longestNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private @Nullable Round<T> gathering;
  private int working;
  private boolean running;
  private boolean hurried;
  private boolean cancelled;

  /**
   * @param settle makes all of these durable; called by one thread at a time
   */
  PullSync(Consumer<List<T>> settle, Duration longestWait) {
    this.settle = settle;
    this.longestNanos = longestWait.toNanos();
  }

  /** One more thread is at work, or is again. */
  void enter() {
    lock.lock();
    try {
      working++;
    } finally {
      lock.unlock();
    }
  }

  /** The thread works no more, or waits for what others bring, who may wait for a round. */
  void leave() {
    lock.lock();
    try {
      working--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody is waited for any more: some layer has failed, and what is whole is kept. */
  void hurry() {
    lock.lock();
    try {
      hurried = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all waiting with an exception; a round that has begun is waited for. */
  void cancel() {
    lock.lock();
    try {
      cancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns once the calling thread's, which is at work, is durable. An interrupt is left for
   * later. When a round fails, each of its members is tried again.
   *
   * @throws OciException what it fails with; CANCELLED when its round had not begun and {@link
   *     #cancel} came
   */
  void settle(T mine) {
    boolean interrupted = false;
    lock.lock();
    try {
      working--;
      changed.signalAll();
      Round<T> round = join(mine);
      while (!round.ended || round.failed) {
        if (round.failed) {
          round = join(mine);
        } else if (cancelled && !round.begun) {
          round.members.remove(mine);
          throw new OciException(OciException.Kind.CANCELLED, "the pull was cancelled");
        } else if (!running && isDue(round)) {
          lead(round);
        } else {
          interrupted |= await(round);
        }
      }
    } finally {
      working++;
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Round<T> join(T mine) {
    if (gathering == null) {
      gathering = new Round<>(System.nanoTime() + longestNanos);
    }
    gathering.members.add(mine);
    return gathering;
  }

  private boolean isDue(Round<T> round) {
    return working == 0 || hurried || round.until - System.nanoTime() <= 0;
  }

  /** Returns whether it was interrupted. A round that runs tells when it has ended. */
  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private boolean await(Round<T> round) {
    try {
      if (running) {
        changed.await();
      } else {
        long _ = changed.awaitNanos(round.until - System.nanoTime());
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Holds the lock on entry and exit. */
  private void lead(Round<T> round) {
    gathering = null;
    running = true;
    round.begun = true;
    lock.unlock();
    boolean done = false;
    try {
      settle.accept(round.members);
      done = true;
    } finally {
      lock.lock();
      running = false;
      round.ended = true;
      round.failed = !done;
      changed.signalAll();
    }
  }
}
