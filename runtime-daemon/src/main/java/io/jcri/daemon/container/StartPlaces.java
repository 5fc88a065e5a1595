package io.jcri.daemon.container;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the OCI runtimes start a few containers at once, in the order in which they were asked for:
 * when all pods of a node come at once, as many runtimes as pods hinder each other, and all pods
 * are ready at the end only. Whoever takes long, maybe for ever, holds nobody up for long: a place
 * counts as free again after a while.
 *
 * <p>Thread-safe.
 */
final class StartPlaces {
  /** For each processor; a start waits for the kernel, too. */
  private static final int PER_PROCESSOR = 2;

  private static final int LEAST = 4;
  private static final Duration LAPSE = Duration.ofSeconds(1);

  private final Semaphore free;
  private final Duration lapse;

  /** As many as this machine can make use of. */
  StartPlaces() {
    this(Math.max(LEAST, PER_PROCESSOR * Runtime.getRuntime().availableProcessors()), LAPSE);
  }

  /**
   * So many places.
   *
   * @param lapse after which a place is somebody else's, too
   */
  StartPlaces(int count, Duration lapse) {
    this.free = new Semaphore(count, true);
    this.lapse = lapse;
  }

  /** Held by one start. */
  final class Place implements AutoCloseable {
    private final AtomicBoolean held = new AtomicBoolean(true);

    private Place() {}

    @Override
    public void close() {
      if (held.compareAndSet(true, false)) {
        free.release();
      }
    }
  }

  /** Returns once there is one. */
  Place take() throws IOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted before the start of a container").initCause(e);
    }
    Place place = new Place();
    CompletableFuture.delayedExecutor(lapse.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
        .execute(place::close);
    return place;
  }
}
