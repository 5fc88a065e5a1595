package io.jcri.oci.snapshot;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Inflates Zstandard (RFC 8878) of one or many frames, skippable ones included, from buffer to
 * buffer, both outside the heap. The library bounds the window to 128 MiB, as the zstd tool does.
 * Not thread-safe.
 */
final class ZstdChannel implements ReadableByteChannel {

  private final ChunkSource source;
  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private ByteBuffer input = ByteBuffer.allocateDirect(0);
  private boolean frameEnded = true;
  private boolean open = true;

  /**
   * @param source of direct buffers
   */
  ZstdChannel(ChunkSource source) {
    this.source = source;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int from = target.position();
    while (true) {
      if (!input.hasRemaining()) {
        ByteBuffer next = source.next();
        if (next == null && frameEnded) {
          return -1;
        }
        if (next != null) {
          input = next;
        }
      }
      boolean inputEnded = !input.hasRemaining();
      try {
        frameEnded = context.decompressDirectByteBufferStream(target, input);
      } catch (ZstdException e) {
        throw new OciException(OciException.Kind.DATA_LOSS, "bad zstd data: " + e.getMessage(), e);
      }
      if (target.position() > from) {
        return target.position() - from;
      }
      // At the end of the input one more call may have flushed what the library held back.
      if (inputEnded && !frameEnded) {
        throw new OciException(OciException.Kind.DATA_LOSS, "zstd data is truncated");
      }
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    context.close();
  }
}
