package io.jcri.daemon.streaming.link;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has come for one stream and was not read yet. Bounded through its connection, which stops
 * reading while too much of it waits. It lies in one array that is used again and again: an array
 * for each message would fill the heap with garbage as fast as a client sends.
 */
public final class Inbound extends InputStream {
  private static final int LEAST = 4 * 1024;

  /** The most that a connection's empty streams keep. Only a large WebSocket message needs more. */
  static final int MOST_KEPT = 64 * 1024;

  private static final byte[] NONE = new byte[0];

  private final ClientConnection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock. A ring: so many bytes wait from start on, and go on at the array's beginning.
  private byte[] ring = NONE;
  private int start;
  private int waiting;
  private boolean ended;
  private boolean broken;
  private boolean closed;

  public Inbound(ClientConnection connection) {
    this.connection = connection;
  }

  /** Adds a copy of what has come; on the connection's thread, in order. */
  public void offer(ByteBuf data) {
    lock.lock();
    try {
      int length = data.readableBytes();
      if (closed || ended || length == 0) {
        return;
      }
      makeRoom(length);
      int end = (start + waiting) % ring.length;
      int straight = Math.min(length, ring.length - end);
      data.readBytes(ring, end, straight);
      data.readBytes(ring, 0, length - straight);
      waiting += length;
      connection.waiting(length);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void makeRoom(int more) {
    if (ring.length - waiting >= more) {
      return;
    }
    int needed = Math.max(LEAST, waiting + more);
    byte[] larger = new byte[Integer.highestOneBit(needed - 1) << 1];
    copyOut(larger, 0, waiting);
    connection.held(larger.length - ring.length);
    ring = larger;
    start = 0;
  }

  private void copyOut(byte[] into, int offset, int count) {
    int straight = Math.min(count, ring.length - start);
    System.arraycopy(ring, start, into, offset, straight);
    System.arraycopy(ring, 0, into, offset + straight, count - straight);
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
      while (waiting == 0 && !ended && !closed) {
        changed.awaitUninterruptibly();
      }
      if (waiting == 0) {
        if (broken && !closed) {
          throw new IOException("the client broke the stream off");
        }
        return -1;
      }
      int count = Math.min(length, waiting);
      copyOut(into, offset, count);
      start = (start + count) % ring.length;
      waiting -= count;
      if (waiting == 0 && (ended || connection.crowded())) {
        letGo();
      }
      connection.taken(count);
      return count;
    } finally {
      lock.unlock();
    }
  }

  private void letGo() {
    connection.held(-ring.length);
    ring = NONE;
    start = 0;
    waiting = 0;
  }

  /** Ends a read in progress; what waits and what still comes is thrown away. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      connection.taken(waiting);
      letGo();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
