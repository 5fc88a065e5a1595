package io.jcri.cni;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls back whenever a directory may have changed. Woken by the kernel's events for the directory
 * and for the nearest parent that exists, so that it also sees the directory appear, vanish and
 * come back; and every few seconds, for what has no event: a mount over it, a symbolic link's
 * target. Whether something changed is for the callback to find out, so that a lost or a
 * superfluous event does no harm.
 */
final class DirectoryWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);
  private static final long IDLE_SECONDS = 5;
  private static final long QUIET_MILLIS = 50;
  private static final int QUIET_ROUNDS = 20;

  private final Path directory;
  private final Runnable refresh;
  private final Runnable onIdle;
  private final @Nullable WatchService service;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Starts watching.
   *
   * @param refresh called on the watch's thread at once and after events
   * @param onIdle called on the watch's thread, before {@code refresh}, when nothing happened for
   *     some seconds
   */
  DirectoryWatch(Path directory, Runnable refresh, Runnable onIdle) {
    this.directory = directory.toAbsolutePath();
    this.refresh = refresh;
    this.onIdle = onIdle;
    service = open(directory);
    thread = Thread.ofVirtual().name("cni-watch").start(this::watch);
  }

  private static @Nullable WatchService open(Path directory) {
    try {
      return directory.getFileSystem().newWatchService();
    } catch (IOException e) {
      log.warn("{} is looked at every {} s only: {}", directory, IDLE_SECONDS, Reasons.of(e));
      return null;
    }
  }

  private void watch() {
    try {
      while (!closed) {
        // Registered before the directory is read: what changes in between makes an event.
        register();
        guarded(refresh);
        if (!await()) {
          guarded(onIdle);
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException e) {
      log.debug("no longer watching {}", directory);
    }
  }

  /** A failed look must not end the watch. */
  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.warn("looking at {} failed: {}", directory, Reasons.of(e), e);
    }
  }

  /** Registering a directory again is free; one that was replaced gets a new watch. */
  private void register() {
    if (service == null) {
      return;
    }
    boolean watched = false;
    for (Path path = directory; path != null; path = path.getParent()) {
      if (!Files.isDirectory(path)) {
        continue;
      }
      try {
        path.register(
            service,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_DELETE,
            StandardWatchEventKinds.ENTRY_MODIFY);
      } catch (IOException e) {
        log.debug("no events for {}: {}", path, Reasons.of(e));
      }
      if (watched || !path.equals(directory)) {
        return; // The directory and its parent, or the nearest parent that exists.
      }
      watched = true;
    }
  }

  /** Waits for events, and then until they pause: a file is often written in several steps. */
  private boolean await() throws InterruptedException {
    if (service == null) {
      TimeUnit.SECONDS.sleep(IDLE_SECONDS);
      return false;
    }
    WatchKey key = service.poll(IDLE_SECONDS, TimeUnit.SECONDS);
    if (key == null) {
      return false;
    }
    for (int round = 0; key != null && round < QUIET_ROUNDS; round++) {
      key.pollEvents();
      key.reset();
      key = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (key != null) {
      key.pollEvents();
      key.reset();
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    if (service != null) {
      service.close();
    }
    thread.interrupt();
  }
}
