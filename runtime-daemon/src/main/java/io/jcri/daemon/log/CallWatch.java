package io.jcri.daemon.log;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells of calls that are slow, by one thread for all of them. It is a platform thread: what holds
 * calls up may hold all carriers of virtual threads. It wakes once in five seconds at most, and
 * never while there are no calls.
 *
 * <p>Thread-safe.
 */
final class CallWatch {
  private static final long SLOW_NANOS = CurrentCall.SLOW.toNanos();
  private static final long STACK_BYTES = 256 * 1024;

  private static final Set<CurrentCall> CALLS = ConcurrentHashMap.newKeySet();
  private static volatile boolean asleep;

  private CallWatch() {}

  /** Made with the first call. */
  private static final class Watcher {
    static final Thread THREAD =
        Thread.ofPlatform()
            .daemon()
            .name("slow calls")
            .stackSize(STACK_BYTES)
            .start(CallWatch::watch);
  }

  static void enter(CurrentCall call) {
    CALLS.add(call);
    Thread watcher = Watcher.THREAD;
    if (asleep) {
      asleep = false;
      LockSupport.unpark(watcher);
    }
  }

  static void leave(CurrentCall call) {
    CALLS.remove(call);
  }

  private static void watch() {
    while (true) {
      asleep = true;
      if (CALLS.isEmpty()) {
        while (asleep) {
          LockSupport.park();
        }
      }
      asleep = false;
      LockSupport.parkNanos(tell());
    }
  }

  /**
   * Tells of what is due.
   *
   * @return how long nothing can be due: what comes from now on is not due within five seconds
   */
  private static long tell() {
    long now = System.nanoTime();
    long next = SLOW_NANOS;
    for (CurrentCall call : List.copyOf(CALLS)) {
      long left = call.due() - now;
      if (left > 0) {
        next = Math.min(next, left);
      } else if (CALLS.remove(call)) {
        call.tell();
      }
    }
    return next;
  }
}
