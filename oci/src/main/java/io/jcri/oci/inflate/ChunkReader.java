package io.jcri.oci.inflate;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads a channel in the thread that wants its bytes, into one buffer outside the heap. Used and
 * closed by the thread that made it.
 */
public final class ChunkReader implements ChunkSource, Closeable {

  private final ReadableByteChannel upstream;
  private final Arena arena = Arena.ofConfined();
  private final ByteBuffer buffer;
  private boolean ended;

  /**
   * @param upstream closed with this
   * @param size of a piece in bytes
   */
  public ChunkReader(ReadableByteChannel upstream, int size) {
    this.upstream = upstream;
    this.buffer = arena.allocate(size).asByteBuffer();
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    buffer.clear();
    while (!ended && buffer.hasRemaining()) {
      ended = upstream.read(buffer) < 0;
    }
    return buffer.flip().hasRemaining() ? buffer : null;
  }

  @Override
  public void close() throws IOException {
    arena.close();
    upstream.close();
  }
}
