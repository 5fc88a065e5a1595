package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The starts in progress and the stops that wait for them. A start holds its container's lock for
 * as long as plugins and the OCI runtime take, which may be for ever when a hook hangs, so who
 * wants the container stopped ends the start from outside.
 *
 * <p>Thread-safe.
 */
final class Starts {
  private static final Logger log = LoggerFactory.getLogger(Starts.class);

  private final Map<String, Start> running = new ConcurrentHashMap<>();
  private final Map<String, Integer> stops = new ConcurrentHashMap<>();
  private final StartPlaces places = new StartPlaces();

  /** One start, from the moment that its container's lock is held. */
  final class Start implements AutoCloseable {
    private final String id;
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable Runnable end; // these two are guarded by this
    private boolean unwanted;

    private Start(String id) {
      this.id = id;
    }

    /**
     * From here on the start may hang.
     *
     * @param how ends it; whoever started hears of that
     * @throws IOException when it is to end already
     */
    synchronized void endedBy(Runnable how) throws IOException {
      requireWanted();
      end = how;
    }

    /** Returns once the OCI runtime may be called for it. */
    StartPlaces.Place place() throws IOException {
      return places.take();
    }

    /**
     * From here on it is too late to end it.
     *
     * @throws IOException when it was ended, even if it had just succeeded
     */
    synchronized void succeeded() throws IOException {
      requireWanted();
      running.remove(id, this);
    }

    private synchronized void requireWanted() throws IOException {
      if (unwanted) {
        throw new IOException("container " + id + " was stopped while it was being started");
      }
    }

    private void giveUp() {
      @Nullable Runnable how;
      synchronized (this) {
        if (!running.remove(id, this)) {
          return;
        }
        unwanted = true;
        how = end;
      }
      log.warn("the start of container {} has not ended and is given up", id);
      if (how != null) {
        how.run();
      }
    }

    @Override
    public void close() {
      running.remove(id, this);
      over.countDown();
    }
  }

  /** A stop that is to come before any other start. */
  interface Stop extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins a start, whose caller holds the container's lock.
   *
   * @throws JcriException FAILED_PRECONDITION when a stop waits for that lock
   */
  Start begin(String id) {
    Start start = new Start(id);
    running.put(id, start);
    // In this order: a stop that is not seen here yet will see the start.
    if (stops.containsKey(id)) {
      start.close();
      throw JcriException.precondition(
          "container " + id + " is being stopped and can't be started");
    }
    return start;
  }

  /** Ends a start that is in progress, and still is after a while; lets none begin until closed. */
  Stop stop(String id, Duration grace) {
    stops.merge(id, 1, Integer::sum);
    @Nullable Start start = running.get(id);
    if (start != null) {
      Thread.ofVirtual().name("end start of " + id).start(() -> endAfter(start, grace));
    }
    return () -> stops.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
  }

  private static void endAfter(Start start, Duration grace) {
    try {
      if (!start.over.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        start.giveUp();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
