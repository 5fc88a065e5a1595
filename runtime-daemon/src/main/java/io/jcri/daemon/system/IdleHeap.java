package io.jcri.daemon.system;

import java.time.Duration;

/**
 * Gives back what a burst of work has left on the heap. The collector only runs when something is
 * allocated, and old garbage stays until much is: a daemon with nothing to do would keep it, and
 * one that always has a little to do would let the heap grow to its limit before it looks.
 *
 * <p>Used by one thread.
 */
public final class IdleHeap {
  /** What makes a collection worth its 50 ms. */
  static final long WORTH = 8 << 20;

  /** What makes it worth that while there is work as well. */
  static final long WORTH_AT_WORK = 32 << 20;

  /** Less than this between two looks is no work: the young generation's size. */
  static final long QUIET = 4 << 20;

  private static final Duration PERIOD = Duration.ofSeconds(30);

  private long least;
  private long last;

  /** Takes what is used now for what the daemon needs. */
  IdleHeap(long used) {
    this.least = used;
    this.last = used;
  }

  /** Looks twice a minute, for the life of the process. */
  public static void watch() {
    Thread.ofVirtual().name("idle-heap").start(IdleHeap::look);
  }

  private static void look() {
    IdleHeap heap = new IdleHeap(used());
    try {
      while (true) {
        Thread.sleep(PERIOD);
        if (heap.worthCollecting(used())) {
          System.gc();
          heap.collected(used());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long used() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Whether much more is used than is needed; more must be while much happens. */
  boolean worthCollecting(long used) {
    boolean quiet = Math.abs(used - last) < QUIET;
    last = used;
    least = Math.min(least, used);
    return used - least > (quiet ? WORTH : WORTH_AT_WORK);
  }

  /** So much is needed, then. */
  void collected(long used) {
    least = used;
    last = used;
  }
}
