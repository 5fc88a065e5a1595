package io.jcri.daemon.container;

import io.jcri.shim.Shim;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

  private final Map<String, Shim> running = new ConcurrentHashMap<>();

  @FunctionalInterface
  interface Start {
    int run() throws IOException;
  }

  /** Runs a start that {@link #endAfter} may end; it then fails, even if it had just succeeded. */
  int run(String id, Shim shim, Start start) throws IOException {
    running.put(id, shim);
    int pid;
    try {
      pid = start.run();
    } catch (IOException | RuntimeException e) {
      running.remove(id, shim);
      throw e;
    }
    if (!running.remove(id, shim)) {
      throw new IOException("container " + id + " was stopped while it was being started");
    }
    return pid;
  }

  /** Has a start of the container that is in progress, and still is after a while, end. */
  void endAfter(String id, Duration grace) {
    @Nullable Shim shim = running.get(id);
    if (shim != null) {
      Thread.ofVirtual().name("end start of " + id).start(() -> endAfter(id, shim, grace));
    }
  }

  private void endAfter(String id, Shim shim, Duration grace) {
    try {
      Thread.sleep(grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    // With it goes the runtime; who started it hears of that.
    if (running.remove(id, shim)) {
      log.warn("the start of container {} has not ended and is given up", id);
      try {
        shim.delete();
      } catch (IOException e) {
        log.warn("the start of container {} could not be given up: {}", id, e.getMessage());
      }
    }
  }
}
