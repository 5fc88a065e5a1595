package io.jcri.daemon.pull;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's side of one pull or load. Whoever asks may be interrupted and goes on waiting: the
 * daemon answers soon, or is gone. Thread-safe.
 */
final class WorkerCall {

  private static final Logger log = LoggerFactory.getLogger(WorkerCall.class);

  /** What is still to be written; progress waits here while the daemon is slow. */
  private static final int MOST_UNSENT = 256;

  private static final long LOOK_MS = 100;

  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Unsent(Object body, byte[] bytes) {}

  private static final byte[] NONE = {};

  private final WorkerWire wire;
  private final Runnable cancel;
  private final LinkedBlockingQueue<Unsent> unsent = new LinkedBlockingQueue<>(MOST_UNSENT);

  /** One question at a time. */
  private final ReentrantLock asking = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private WorkerWire.@Nullable Message answer;
  private boolean gone;

  /** Nothing can be written any more. */
  private volatile boolean broken;

  /**
   * @param cancel stops the work; called at most once, when the daemon wants no more of it
   */
  WorkerCall(WorkerWire wire, Runnable cancel) {
    this.wire = wire;
    this.cancel = cancel;
  }

  /** Writes what is told, until the last word. The thread must not be interrupted. */
  void write() {
    try {
      while (true) {
        Unsent next = unsent.take();
        wire.write(next.body(), next.bytes(), next.bytes().length);
        if (next.body() instanceof WorkerMessages.Ended) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("the daemon has gone: {}", Reasons.of(e));
      broken = true;
      hungUp();
    }
  }

  /** Reads answers until the daemon wants no more. The thread must not be interrupted. */
  void read() {
    try {
      for (WorkerWire.Message next = wire.read(); next != null; next = wire.read()) {
        lock.lock();
        try {
          answer = next;
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    } catch (IOException e) {
      log.debug("the daemon has hung up: {}", Reasons.of(e));
    }
    hungUp();
  }

  private void hungUp() {
    lock.lock();
    try {
      if (gone) {
        return;
      }
      gone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    cancel.run();
  }

  /** Says what is not answered. */
  void tell(Object body) {
    put(new Unsent(body, NONE));
  }

  private void put(Unsent next) {
    boolean interrupted = false;
    boolean done = false;
    while (!done && !broken) {
      try {
        done = unsent.offer(next, LOOK_MS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws OciException what the daemon has failed with; CANCELLED when it wants no more
   */
  WorkerWire.Message ask(Object body, byte[] bytes) {
    asking.lock();
    try {
      put(new Unsent(body, bytes));
      lock.lock();
      try {
        while (answer == null && !gone) {
          changed.awaitUninterruptibly();
        }
        WorkerWire.Message got = answer;
        answer = null;
        if (got == null) {
          throw new OciException(Kind.CANCELLED, "the daemon has given up the pull");
        }
        return checked(got);
      } finally {
        lock.unlock();
      }
    } finally {
      asking.unlock();
    }
  }

  /** As {@link #ask(Object, byte[])}, for a question without bytes and an answer without. */
  WorkerMessages.Answer ask(Object body) {
    return (WorkerMessages.Answer) ask(body, NONE).body();
  }

  private static WorkerWire.Message checked(WorkerWire.Message message) {
    if (!(message.body() instanceof WorkerMessages.Answer answer)) {
      throw new OciException(Kind.INTERNAL, "the daemon answers " + message.body());
    }
    answer
        .failure()
        .ifPresent(failure -> {
          throw new OciException(Kind.valueOf(failure.kind()), failure.message());
        });
    return message;
  }
}
