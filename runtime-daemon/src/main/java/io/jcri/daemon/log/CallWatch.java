package io.jcri.daemon.log;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

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

  /** Those that may have to be told of. */
  private static final Set<CurrentCall> CALLS = ConcurrentHashMap.newKeySet();

  /** All others in flight: they were told of, or may take as long as they take. */
  private static final Set<CurrentCall> OTHERS = ConcurrentHashMap.newKeySet();

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

  /** A call that is not watched. */
  static void note(CurrentCall call) {
    OTHERS.add(call);
  }

  /** After {@link CurrentCall#isOver} is true. */
  static void leave(CurrentCall call) {
    if (!CALLS.remove(call)) {
      OTHERS.remove(call);
    }
  }

  /** All calls at work, the oldest first. */
  static List<CurrentCall> inFlight() {
    return Stream.concat(CALLS.stream(), OTHERS.stream())
        .distinct()
        .sorted(Comparator.comparingLong(CurrentCall::number))
        .toList();
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
        OTHERS.add(call);
        if (call.isOver()) {
          OTHERS.remove(call); // it may have looked in there before
        }
        call.tell();
      }
    }
    return next;
  }
}
