package io.jcri.oci.inflate;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One stage of a pull on a thread of its own: reads a channel ahead into a fixed ring of buffers
 * outside the heap.
 *
 * <p>A platform thread, since hashing and inflating would otherwise keep a virtual thread's carrier
 * from the daemon's handlers. One consumer; {@link #close} may be called at any point, ends the
 * thread before it returns and closes the channel.
 */
public final class ChunkPipe implements ChunkSource, Closeable {

  /** Stands for the end of the input; all other buffers hold something. */
  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final ReadableByteChannel upstream;
  private final BufferRing ring;
  private final BlockingQueue<ByteBuffer> free;
  private final BlockingQueue<ByteBuffer> full;
  private final Thread thread;
  private @Nullable ByteBuffer lent;
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;
  private boolean ended;

  /**
   * Starts to read.
   *
   * @param name of the thread
   * @param ring closed with the pipe
   */
  public ChunkPipe(String name, ReadableByteChannel upstream, BufferRing ring) {
    this.upstream = upstream;
    this.ring = ring;
    this.free = new ArrayBlockingQueue<>(ring.buffers().size(), false, ring.buffers());
    this.full = new ArrayBlockingQueue<>(ring.buffers().size() + 1);
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::produce);
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    if (lent != null) {
      free.add(lent);
      lent = null;
    }
    if (ended) {
      return null;
    }
    ByteBuffer chunk;
    try {
      chunk = full.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while unpacking");
    }
    if (chunk.hasRemaining()) {
      lent = chunk;
      return chunk;
    }
    ended = true;
    return switch (failure) {
      case null -> null;
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IOException(e);
    };
  }

  @Override
  public void close() throws IOException {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        // The buffers may only go when nobody writes to them any more.
        interrupted = true;
      }
    }
    ring.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    upstream.close();
  }

  private void produce() {
    try {
      boolean more = true;
      while (more && !closed) {
        ByteBuffer chunk = free.take();
        chunk.clear();
        while (more && chunk.hasRemaining()) {
          more = upstream.read(chunk) >= 0;
        }
        if (chunk.flip().hasRemaining()) {
          full.put(chunk);
        }
      }
    } catch (InterruptedException e) {
      failure = new InterruptedIOException("interrupted while unpacking");
    } catch (Throwable e) {
      failure = e;
    }
    // There is always room: one place more than buffers.
    full.add(END);
  }
}
