package io.jcri.daemon.streaming.link;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has come for one stream and was not read yet. Bounded through its connection, which stops
 * reading while too much of it waits.
 */
public final class Inbound extends InputStream {
  private final ClientConnection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final Deque<byte[]> chunks = new ArrayDeque<>();
  private int used;
  private boolean ended;
  private boolean broken;
  private boolean closed;

  public Inbound(ClientConnection connection) {
    this.connection = connection;
  }

  /** Adds what has come; on the connection's thread, in order. */
  public void offer(byte[] data) {
    lock.lock();
    try {
      if (closed || ended || data.length == 0) {
        return;
      }
      chunks.add(data);
      connection.waiting(data.length);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes, and what came may not be all: reads fail when they have had it. */
  public void breakOff() {
    lock.lock();
    try {
      broken = true;
    } finally {
      lock.unlock();
    }
    end();
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
    lock.lock();
    try {
      while (chunks.isEmpty() && !ended && !closed) {
        changed.awaitUninterruptibly();
      }
      byte @Nullable [] chunk = chunks.peek();
      if (chunk == null) {
        if (broken && !closed) {
          throw new IOException("the client broke the stream off");
        }
        return -1;
      }
      int count = Math.min(length, chunk.length - used);
      System.arraycopy(chunk, used, into, offset, count);
      used += count;
      if (used == chunk.length) {
        chunks.remove();
        used = 0;
        connection.taken(chunk.length);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a read in progress; what waits and what still comes is thrown away. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (byte[] chunk : chunks) {
        connection.taken(chunk.length);
      }
      chunks.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
