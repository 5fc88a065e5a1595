package io.jcri.oci.inflate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** As {@link GunzipChannel}, by {@link IsaL}. Buffers must be outside the heap. Not thread-safe. */
public final class IsaLGunzipChannel implements ReadableByteChannel {

  private final GzipInput input;
  private final IsaL.Stream stream;
  private boolean inMember;
  private boolean open = true;

  public IsaLGunzipChannel(ChunkSource source, IsaL library) {
    this.input = new GzipInput(source);
    this.stream = library.new Stream();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int from = target.position();
    while (target.position() == from) {
      if (!inMember) {
        if (!input.startMember()) {
          return -1;
        }
        stream.reset();
        inMember = true;
      }
      boolean ended = !input.hasMore();
      int taken = input.buffer().position();
      int error = stream.inflate(input.buffer(), target);
      if (error != 0) {
        throw GzipInput.bad("bad gzip data: error " + error + " of isa-l");
      }
      if (stream.isFinished()) {
        inMember = false;
      } else if (ended && target.position() == from && input.buffer().position() == taken) {
        throw GzipInput.truncated();
      }
    }
    return target.position() - from;
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
}
