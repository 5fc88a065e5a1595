package io.jcri.daemon.system;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when the heap is full. A call that needs too much fails, and what it took is free
 * again. The process ends, and says why, only when it would be of no use any more:
 *
 * <ul>
 *   <li>a thread that is nobody's call has run out of memory: it is gone, and with it what it
 *       watched over, such as the ends of containers;
 *   <li>after a call has failed the heap stays full although everything was collected: nobody can
 *       be served. Who starts us again finds all pods and containers running.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class HeapGuard {
  private static final Logger log = LoggerFactory.getLogger(HeapGuard.class);

  /** What HotSpot ends with itself when it is told to on an OutOfMemoryError. */
  private static final int STATUS = 3;

  /** Of the heap, in use after a collection. */
  private static final double FULL = 0.95;

  /** So often it must be full with nobody given up in between. */
  private static final int LOOKS = 3;

  /** So often it may be full at all. */
  private static final int MOST_LOOKS = 30;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static volatile @Nullable HeapGuard installed;

  private final DoubleSupplier used;
  private final Consumer<String> end;
  private final Duration betweenLooks;
  private final Semaphore looks = new Semaphore(0);

  /** Let go before the last words: they need some memory as well. */
  @SuppressWarnings("UnusedVariable") // what it holds is the memory
  private byte @Nullable [] reserve = new byte[256 << 10];

  /**
   * A guard that is not at work yet.
   *
   * @param used which part of the heap is in use after a collection
   * @param end ends the process for the reason
   */
  HeapGuard(DoubleSupplier used, Consumer<String> end, Duration betweenLooks) {
    this.used = used;
    this.end = end;
    this.betweenLooks = betweenLooks;
  }

  /** Guards this process from now on. */
  public static void install() {
    HeapGuard guard = new HeapGuard(HeapGuard::usedAfterCollection, HeapGuard::halt, BETWEEN_LOOKS);
    installed = guard;
    Thread.setDefaultUncaughtExceptionHandler(guard::uncaught);
    Thread _ = Thread.ofPlatform().daemon().name("heap guard").start(guard::watch);
  }

  /** Says that a call, or whatever else serves one client only, has run out of memory. */
  public static void callFailed(String what) {
    HeapGuard guard = installed;
    if (guard != null) {
      guard.failed(what);
    }
  }

  /**
   * For a thread that serves one client only: without memory it ends, and nothing else does.
   *
   * @param what it does, for the log
   */
  public static Runnable expendable(String what, Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (OutOfMemoryError e) {
        callFailed(what);
      }
    };
  }

  /** As {@link #expendable}, for threads that libraries start. */
  public static Thread.UncaughtExceptionHandler ofCalls() {
    return (thread, failure) -> {
      if (failure instanceof OutOfMemoryError) {
        callFailed("a call");
      } else {
        log.error("a call has ended with a fault", failure);
      }
    };
  }

  void failed(String what) {
    log.warn("{} was given up: it needs more memory than there is", what);
    looks.release();
  }

  void uncaught(Thread thread, Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      endFor(() ->
          "thread \"" + thread.getName() + "\" has run out of memory: " + failure.getMessage());
    } else {
      log.error("thread \"{}\" has ended with a fault", thread.getName(), failure);
    }
  }

  private void watch() {
    try {
      while (true) {
        looks.acquire();
        look();
        looks.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A heap that is full at one moment may be empty at the next: calls come in bursts. As long as
   * more of them are given up it is those that fill it.
   */
  void look() throws InterruptedException {
    int still = 0;
    for (int i = 0; i < MOST_LOOKS && still < LOOKS; i++) {
      if (used.getAsDouble() < FULL) {
        return;
      }
      Thread.sleep(betweenLooks);
      still = looks.drainPermits() > 0 ? 0 : still + 1;
    }
    endFor(() -> "the heap stays full although the calls that had filled it were given up");
  }

  private void endFor(Supplier<String> reason) {
    reserve = null;
    end.accept(reason.get());
  }

  private static double usedAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory();
  }

  /** No hooks: they would need memory. Pods run on, and the next daemon takes them up. */
  private static void halt(String reason) {
    try {
      log.error("jcri ends, pods run on: {}", reason);
    } finally {
      Runtime.getRuntime().halt(STATUS);
    }
  }
}
