package io.jcri.oci.file;

import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trees of the layer store that are not layers yet ({@code new-N-TAG}) or no longer ({@code
 * gone-N-TAG}). Thread-safe.
 */
public final class TemporaryTrees {

  private static final Logger LOG = LoggerFactory.getLogger(TemporaryTrees.class);

  private static final List<Duration> RETRIES =
      Stream.of(1, 5, 30, 300, 3600).map(Duration::ofSeconds).toList();

  private final Syscalls sys;
  private final Mounts mounts;
  private final Path root;
  private final AtomicLong names = new AtomicLong();

  /** Tells ours from those of a daemon that died, whose pid may have been the same. */
  private final String tag = Long.toHexString(new SecureRandom().nextLong());

  private final AtomicBoolean retrying = new AtomicBoolean();

  private final List<Path> leftovers = Collections.synchronizedList(new ArrayList<>());

  public TemporaryTrees(Syscalls sys, Mounts mounts, Path root) {
    this.sys = sys;
    this.mounts = mounts;
    this.root = root;
  }

  public static boolean isOne(String name) {
    return name.startsWith("new-") || name.startsWith("gone-");
  }

  /** The name of one to be filled, which nothing has had before. */
  public Path toMake() {
    return path("new-");
  }

  /** The name for a layer that is to be deleted. */
  public Path grave() {
    return path("gone-");
  }

  /** The name for a layer that cannot be read and makes room for the same one. */
  public Path aside(String key) {
    return path("kept-" + key + "-");
  }

  private Path path(String prefix) {
    return root.resolve(prefix + names.incrementAndGet() + "-" + tag);
  }

  /** To be deleted by {@link #removeLeftovers}. */
  public void leave(Path directory) {
    leftovers.add(directory);
  }

  /**
   * Deletes one; what cannot be deleted now is tried again soon, since what was in the way (no file
   * descriptor, no memory) passes, and at the next start.
   */
  public void discard(Path directory) {
    try {
      Trees.delete(sys, directory);
    } catch (IOException e) {
      leftovers.add(directory);
      LOG.warn("cannot remove {}: {}", directory, e.getMessage());
      if (retrying.compareAndSet(false, true)) {
        Thread.ofVirtual().name("remove what is left of layers").start(this::retry);
      }
    }
  }

  private void retry() {
    try {
      for (Duration pause : RETRIES) {
        Thread.sleep(pause);
        removeLeftovers();
        if (leftovers.isEmpty()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      retrying.set(false);
    }
  }

  /** Deletes what was left by a daemon that died, and what could not be deleted before. */
  public void removeLeftovers() {
    for (Path directory : List.copyOf(leftovers)) {
      try {
        mounts.unmount(directory.resolve("lower"));
        Trees.delete(sys, directory);
        leftovers.remove(directory);
      } catch (IOException e) {
        LOG.warn("cannot remove {}: {}", directory, e.getMessage());
      }
    }
  }
}
