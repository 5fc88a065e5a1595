package io.jcri.oci.image;

import io.jcri.oci.OciException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Room in memory for large documents of images, shared by all who read one. Thread-safe; who waits
 * is served in order.
 */
final class DocumentRoom {

  /** A registry that sends next to nothing must not hold up others' large images for ever. */
  private static final long PATIENCE_SECONDS = 60;

  private final int bytes;
  private final Semaphore free;

  DocumentRoom(int bytes) {
    this.bytes = bytes;
    this.free = new Semaphore(bytes, true);
  }

  /** Room that was taken; closing it once gives it back. */
  final class Taken implements AutoCloseable {
    private int bytes;

    private Taken(int bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      free.release(bytes);
      bytes = 0;
    }
  }

  /**
   * Waits for room; there always is for a small document.
   *
   * @param what names the document in messages
   * @throws OciException UNAVAILABLE when others keep it for too long, CANCELLED
   */
  Taken take(long size, String what) {
    if (size <= ImageLimits.SMALL_DOCUMENT) {
      return new Taken(0);
    }
    int wanted = (int) Math.min(size, bytes);
    try {
      if (free.tryAcquire(wanted, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return new Taken(wanted);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OciException(
          OciException.Kind.CANCELLED, "reading " + what + " was interrupted", e);
    }
    throw new OciException(
        OciException.Kind.UNAVAILABLE,
        "%s has %d bytes, and other large documents of images take all of the %d for them"
            .formatted(what, size, bytes));
  }

  /** How many bytes nobody has now. */
  int free() {
    return free.availablePermits();
  }
}
