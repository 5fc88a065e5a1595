package io.jcri.daemon.container;

import io.jcri.shim.Shim;
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
 * The starts in progress. A start holds its container's lock for as long as the OCI runtime takes,
 * which may be for ever when one of its hooks hangs, so who wants the container stopped ends the
 * start from outside.
 *
 * <p>Thread-safe.
 */
final class Starts {
  private static final Logger log = LoggerFactory.getLogger(Starts.class);

  private final Map<String, Running> running = new ConcurrentHashMap<>();

  private record Running(Shim shim, CountDownLatch over) {}

  @FunctionalInterface
  interface Start {
    int run() throws IOException;
  }

  /** Runs a start that {@link #endAfter} may end; it then fails, even if it had just succeeded. */
  int run(String id, Shim shim, Start start) throws IOException {
    Running mine = new Running(shim, new CountDownLatch(1));
    running.put(id, mine);
    int pid;
    boolean wanted;
    try {
      pid = start.run();
    } finally {
      wanted = running.remove(id, mine);
      mine.over.countDown();
    }
    if (!wanted) {
      throw new IOException("container " + id + " was stopped while it was being started");
    }
    return pid;
  }

  /** Has a start of the container that is in progress, and still is after a while, end. */
  void endAfter(String id, Duration grace) {
    @Nullable Running start = running.get(id);
    if (start != null) {
      Thread.ofVirtual().name("end start of " + id).start(() -> endAfter(id, start, grace));
    }
  }

  private void endAfter(String id, Running start, Duration grace) {
    try {
      if (start.over.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    // With it goes the runtime; who started it hears of that.
    if (running.remove(id, start)) {
      log.warn("the start of container {} has not ended and is given up", id);
      try {
        start.shim.delete();
      } catch (IOException e) {
        log.warn("the start of container {} could not be given up: {}", id, e.getMessage());
      }
    }
  }
}
