package io.jcri.shim;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writing end of a pipe whose reader may never read. A write(2) to a full pipe cannot be taken
 * back by closing the descriptor, and the shim keeps what an attached client wrote until the
 * container reads it; so this waits until the pipe has room, which a close ends, and writes no more
 * at once than is sure to fit then.
 *
 * <p>One thread writes; any may close.
 */
final class PipeOutput extends OutputStream {
  /** poll(2) tells of room when there is this much of it (PIPE_BUF). */
  private static final int PIECE = 4096;

  private static final int POLLOUT = 4;
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Fd pipe;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;

  /** Takes the descriptor over. */
  PipeOutput(Fd pipe) {
    this.pipe = pipe;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int piece = Math.min(PIECE, length - done);
      if (writeIfRoom(data, offset + done, piece)) {
        done += piece;
      }
    }
  }

  private boolean writeIfRoom(byte[] data, int offset, int length) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the session's stdin is closed");
      }
      if (Linux.get().poll(List.of(pipe), POLLOUT, LOOK)[0] == 0) {
        return false;
      }
      write(ByteBuffer.wrap(data, offset, length));
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void write(ByteBuffer piece) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rest =
          arena.allocate(piece.remaining()).copyFrom(MemorySegment.ofBuffer(piece));
      while (rest.byteSize() > 0) {
        rest = rest.asSlice(Linux.get().write(pipe, rest));
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      pipe.close();
    } finally {
      lock.unlock();
    }
  }
}
