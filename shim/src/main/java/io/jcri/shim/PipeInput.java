package io.jcri.shim;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The reading end of a pipe whose writer may never write. It waits until there is something, which
 * a close ends: a read(2) in progress can't be taken back by closing the descriptor.
 *
 * <p>One thread reads, a platform thread; any may close.
 */
final class PipeInput extends InputStream {
  private static final int POLLIN = 1;

  /** How soon a close is seen whose pipe does not end by it, as that of a shim that was stopped. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final int BUFFER = 32 * 1024;
  private static final int NOTHING_YET = -2;

  private final Fd pipe;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;
  private volatile boolean left;

  /** Takes the descriptor over. */
  PipeInput(Fd pipe) {
    this.pipe = pipe;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count;
    do {
      count = readIfAny(into, offset, Math.min(length, BUFFER));
    } while (count == NOTHING_YET);
    return count;
  }

  @Override
  public int available() throws IOException {
    lock.lock();
    try {
      return closed ? 0 : Linux.get().readable(pipe);
    } finally {
      lock.unlock();
    }
  }

  private int readIfAny(byte[] into, int offset, int length) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the session's output is closed");
      }
      boolean expected = !left;
      if (Linux.get().poll(List.of(pipe), POLLIN, LOOK)[0] == 0) {
        if (expected) {
          return NOTHING_YET;
        }
        throw new IOException("the session was left and the shim does not end its output");
      }
      return readNow(into, offset, length);
    } finally {
      lock.unlock();
    }
  }

  private int readNow(byte[] into, int offset, int length) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length);
      int count = Linux.get().read(pipe, buffer);
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, count);
      return count == 0 ? -1 : count;
    }
  }

  /**
   * Nobody needs more than what comes without a pause: the shim has been told that it may end the
   * output, but one that was stopped (SIGSTOP) never does.
   */
  void leave() {
    left = true;
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
