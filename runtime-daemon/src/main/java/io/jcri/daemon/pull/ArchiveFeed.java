package io.jcri.daemon.pull;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive on its way to the worker, which asks for each piece. Pieces are read and sent by
 * threads of their own: a client may keep silent, and meanwhile the worker's end is to be noticed.
 * Such a thread ends at the latest when the client's connection is closed. Used by one thread.
 */
final class ArchiveFeed {

  private static final Logger log = LoggerFactory.getLogger(ArchiveFeed.class);

  /** What is sent at once. */
  private static final int PIECE = 512 << 10;

  private final InputStream archive;
  private final AtomicBoolean asked = new AtomicBoolean();

  ArchiveFeed(InputStream archive) {
    this.archive = archive;
  }

  /**
   * Sends the next piece, once it has come.
   *
   * @throws IOException when the worker does not wait for the last one
   */
  void send(WorkerWire wire) throws IOException {
    if (!asked.compareAndSet(false, true)) {
      throw new IOException("the worker asks for two pieces of the archive at once");
    }
    Thread.ofVirtual().name("archive for the pull worker").start(() -> sendNext(wire));
  }

  /** An empty one is the end. */
  private void sendNext(WorkerWire wire) {
    byte[] piece = new byte[PIECE];
    WorkerMessages.Answer answer = WorkerMessages.Answer.NOTHING;
    int count = 0;
    try {
      count = archive.readNBytes(piece, 0, PIECE);
    } catch (IOException e) {
      answer = failed(OciException.ofIo("cannot read the archive", e));
    } catch (OciException e) {
      answer = failed(e);
    } catch (RuntimeException | Error e) {
      // Whatever it is, the worker must not wait for ever.
      log.error("cannot read the archive", e);
      answer = failed(new OciException(Kind.INTERNAL, "cannot read the archive", e));
    }
    // It may ask again before the call below has returned.
    asked.set(false);
    try {
      wire.write(answer, piece, count);
    } catch (IOException e) {
      log.debug("the pull worker wants no more of the archive: {}", Reasons.of(e));
    }
  }

  private static WorkerMessages.Answer failed(OciException e) {
    return WorkerMessages.Answer.failed(
        new WorkerMessages.Failure(e.kind().name(), String.valueOf(e.getMessage())));
  }
}
