package io.jcri.oci.snapshot;

import io.jcri.oci.file.VolumeLimits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Where an image is copied: what may take as long as a disk takes for {@link
 * VolumeLimits#MAX_ROOT_BYTES} has a thread of its own, which ends with its caller.
 */
final class CopyThread {
  private CopyThread() {}

  /**
   * Does the work and waits for it.
   *
   * @param key of the snapshot
   * @throws InterruptedIOException when the caller is interrupted; the work has ended by then
   */
  static <T> T run(String key, Callable<T> work) throws IOException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = Thread.ofPlatform().daemon().name("jcri-copy-" + key).start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      thread.interrupt();
      // Whoever removes the snapshot next must be alone with it.
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException again) {
          thread.interrupt();
        }
      }
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("copying was interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null -> throw new IOException(e);
        case Throwable other -> throw new IOException(other);
      }
    }
  }
}
