package io.jcri.oci.inflate;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Inflates Zstandard (RFC 8878) of one or many frames, skippable ones included, from buffer to
 * buffer, both outside the heap. Not thread-safe.
 *
 * <p>The library keeps a window of what it has inflated, of the size that each frame claims, up to
 * the 2 GiB of {@code zstd --long=31}. It is allocated at once and touched as it is filled, so it
 * costs as much memory as the frame has content. A frame's header is read here first: large windows
 * wait for room among all layers of the node, for as much as can be touched.
 */
public final class ZstdChannel implements ReadableByteChannel {

  private static final int MAX_LOG = 31;

  private final ChunkSource source;
  private final long maxOutput;
  private final WindowRoom room;

  private ZstdDecompressCtx context;

  /** What {@link #context} may take: the largest claim, and the memory for it. */
  private long allowed = WindowRoom.UNCOUNTED;

  private long held = WindowRoom.UNCOUNTED;
  private WindowRoom.@Nullable Taken taken;

  private ByteBuffer input = ByteBuffer.allocateDirect(0);

  /** A frame's header that comes in several pieces, and the piece that follows. */
  private final ByteBuffer header = ByteBuffer.allocateDirect(ZstdFrame.MAX_HEADER);

  private @Nullable ByteBuffer behind;
  private boolean frameEnded = true;
  private boolean open = true;

  /**
   * @param source of direct buffers
   * @param maxOutput the most bytes that the caller reads
   * @param room for large windows
   */
  public ZstdChannel(ChunkSource source, long maxOutput, WindowRoom room) {
    this.source = source;
    this.maxOutput = maxOutput;
    this.room = room;
    this.context = context(WindowRoom.UNCOUNTED);
  }

  /** One that refuses larger windows, should a frame begin that was not looked at. */
  private static ZstdDecompressCtx context(long window) {
    int log = Long.SIZE - Long.numberOfLeadingZeros(window - 1);
    return new ZstdDecompressCtx().setLongMax(log);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int from = target.position();
    while (true) {
      boolean inputEnded = !input.hasRemaining() && !refill();
      if (frameEnded) {
        if (inputEnded) {
          return -1;
        }
        startFrame();
      }
      try {
        frameEnded = context.decompressDirectByteBufferStream(target, input);
      } catch (ZstdException e) {
        throw failure(e);
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

  private static OciException failure(ZstdException e) {
    if (e.getErrorCode() == Zstd.errMemoryAllocation()) {
      return new OciException(
          OciException.Kind.RESOURCE_EXHAUSTED, "there is no memory for its zstd window", e);
    }
    return new OciException(OciException.Kind.DATA_LOSS, "bad zstd data: " + e.getMessage(), e);
  }

  private boolean refill() throws IOException {
    ByteBuffer next = behind != null ? behind : source.next();
    behind = null;
    if (next == null) {
      return false;
    }
    input = next;
    return true;
  }

  private void startFrame() throws IOException {
    if (input.remaining() < ZstdFrame.MAX_HEADER) {
      gatherHeader();
    }
    ZstdFrame frame = ZstdFrame.read(input);
    if (frame.window() > 1L << MAX_LOG) {
      throw new OciException(
          OciException.Kind.INVALID,
          "it has a zstd window of %d bytes, the limit is %d"
              .formatted(frame.window(), 1L << MAX_LOG));
    }
    long needed = Math.min(frame.window(), Math.min(frame.content(), maxOutput));
    if (frame.window() > allowed || needed > held) {
      // Between frames nothing is lost with it, and who waits must not keep what others wait for.
      letGo();
      taken = room.take(needed);
      allowed = Math.max(frame.window(), WindowRoom.UNCOUNTED);
      held = Math.max(needed, WindowRoom.UNCOUNTED);
      context = context(allowed);
    }
  }

  /** Puts together the beginning of a frame. */
  private void gatherHeader() throws IOException {
    // It may be in that buffer itself.
    byte[] start = new byte[input.remaining()];
    input.get(start);
    header.clear().put(start);
    while (header.hasRemaining() && refill()) {
      int more = Math.min(header.remaining(), input.remaining());
      header.put(input.slice(input.position(), more));
      input.position(input.position() + more);
      behind = input.hasRemaining() ? input : null;
    }
    input = header.flip();
  }

  private void letGo() {
    context.close();
    if (taken != null) {
      taken.close();
      taken = null;
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    letGo();
  }
}
