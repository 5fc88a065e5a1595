package io.jcri.it.powercuts;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What the daemon has promised of each image: a reply that came before the power went is one.
 * Thread-safe.
 */
final class Ledger {
  /** What must be found of an image after a cut. */
  enum Promise {
    /** It was pulled. */
    THERE,
    /** It was removed, or never pulled. */
    GONE,
    /** A pull or removal was under way or failed: both are right. */
    EITHER
  }

  private final Map<String, Promise> promises = new TreeMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  Ledger(List<String> names) {
    names.forEach(name -> promises.put(name, Promise.GONE));
  }

  Map<String, Promise> promises() {
    lock.lock();
    try {
      return Map.copyOf(promises);
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a call about an image begins. */
  void begin(String name) {
    note(name, Promise.EITHER);
  }

  /**
   * Notes what a call was answered.
   *
   * @param counts whether the power was there when the answer came, asked after that
   */
  void end(String name, Promise promise, BooleanSupplier counts) {
    if (counts.getAsBoolean()) {
      note(name, promise);
    }
  }

  /** Notes what was found after a cut. */
  void note(String name, Promise promise) {
    lock.lock();
    try {
      promises.put(name, promise);
    } finally {
      lock.unlock();
    }
  }
}
