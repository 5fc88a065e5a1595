package io.jcri.oci.snapshot;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** As {@link GunzipChannel}, by {@link IsaL}. Buffers must be outside the heap. Not thread-safe. */
final class IsaLGunzipChannel implements ReadableByteChannel {

  private final ChunkSource source;
  private final IsaL.Stream stream;
  private ByteBuffer input = ByteBuffer.allocateDirect(0);
  private boolean inMember = true;
  private boolean open = true;

  IsaLGunzipChannel(ChunkSource source, IsaL library) {
    this.source = source;
    this.stream = library.new Stream();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int from = target.position();
    while (target.position() == from) {
      if (!inMember && !startMember()) {
        return -1;
      }
      boolean ended = !input.hasRemaining() && !refill();
      int taken = input.position();
      int error = stream.inflate(input, target);
      if (error != 0) {
        throw bad("bad gzip data: error " + error + " of isa-l");
      }
      if (stream.isFinished()) {
        inMember = false;
      } else if (ended && target.position() == from && input.position() == taken) {
        throw bad("gzip data is truncated");
      }
    }
    return target.position() - from;
  }

  /** Skips padding between members; false at the end. */
  private boolean startMember() throws IOException {
    do {
      if (!input.hasRemaining() && !refill()) {
        return false;
      }
    } while (input.get() == 0);
    input.position(input.position() - 1);
    stream.reset();
    inMember = true;
    return true;
  }

  private boolean refill() throws IOException {
    ByteBuffer next = source.next();
    if (next == null) {
      return false;
    }
    input = next;
    return true;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    stream.close();
  }

  private static OciException bad(String message) {
    return new OciException(OciException.Kind.DATA_LOSS, message);
  }
}
