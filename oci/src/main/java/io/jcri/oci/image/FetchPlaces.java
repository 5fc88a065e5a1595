package io.jcri.oci.image;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many layers are fetched and unpacked at once: a few for each pull, and some more for all of
 * them. Whoever has fewest comes next, and a pull without any finds one when all others are taken:
 * registries that hardly send anything hold up their own images only. Thread-safe.
 */
final class FetchPlaces {

  /** Pulls that go on side by side at their full speed. */
  private static final int FULL_PULLS = 2;

  /** For pulls that have none when the others are taken. */
  private static final int FIRST_PLACES = 16;

  private final int each;
  private final ReentrantLock lock = new ReentrantLock();

  /** In the order of their coming. */
  private final List<Waiter> waiters = new ArrayList<>();

  private int taken;

  /**
   * @param each how many places one pull may have
   */
  FetchPlaces(int each) {
    this.each = each;
  }

  private record Waiter(Share share, Condition turn) {}

  /** One pull's places. */
  final class Share {
    private int mine;

    private Share() {}

    /** Waits for a place; each is to be given back. */
    void take() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        Waiter waiter = new Waiter(this, lock.newCondition());
        waiters.add(waiter);
        grant();
        try {
          while (waiters.contains(waiter)) {
            waiter.turn.await();
          }
        } catch (InterruptedException e) {
          if (!waiters.remove(waiter)) {
            drop();
          }
          throw e;
        }
      } finally {
        lock.unlock();
      }
    }

    void give() {
      lock.lock();
      try {
        drop();
      } finally {
        lock.unlock();
      }
    }

    private void drop() {
      mine--;
      taken--;
      grant();
    }

    private boolean mayTake() {
      int all = FULL_PULLS * each;
      return mine < each && taken < (mine == 0 ? all + FIRST_PLACES : all);
    }
  }

  /** The places of one more pull; it has none yet. */
  Share share() {
    return new Share();
  }

  /** How many wait; for tests. */
  int waiting() {
    lock.lock();
    try {
      return waiters.size();
    } finally {
      lock.unlock();
    }
  }

  private void grant() {
    for (Waiter next = next(); next != null; next = next()) {
      waiters.remove(next);
      next.share.mine++;
      taken++;
      next.turn.signal();
    }
  }

  private @Nullable Waiter next() {
    Waiter best = null;
    for (Waiter waiter : waiters) {
      if (waiter.share.mayTake() && (best == null || waiter.share.mine < best.share.mine)) {
        best = waiter;
      }
    }
    return best;
  }
}
