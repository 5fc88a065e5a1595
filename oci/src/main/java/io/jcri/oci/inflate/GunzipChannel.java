package io.jcri.oci.inflate;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates gzip (RFC 1952) of one or many members from buffer to buffer. {@code GZIPInputStream}
 * would copy each byte through small arrays and read one byte too many from its source between
 * members. Not thread-safe.
 */
public final class GunzipChannel implements ReadableByteChannel {

  private final GzipInput input;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private boolean inMember;
  private boolean open = true;

  public GunzipChannel(ChunkSource source) {
    this.input = new GzipInput(source);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    while (true) {
      if (!inMember) {
        if (!input.startMember()) {
          return -1;
        }
        inflater.reset();
        crc.reset();
        inMember = true;
      }
      if (inflater.needsInput()) {
        if (!input.hasMore()) {
          throw GzipInput.truncated();
        }
        inflater.setInput(input.buffer());
      }
      int from = target.position();
      try {
        inflater.inflate(target);
      } catch (DataFormatException e) {
        throw new OciException(OciException.Kind.DATA_LOSS, "bad gzip data: " + e.getMessage(), e);
      }
      int length = target.position() - from;
      if (length > 0) {
        crc.update(target.duplicate().flip().position(from));
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw GzipInput.bad("bad gzip data: wants a dictionary");
      }
      if (length > 0) {
        return length;
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
    inflater.end();
  }

  private void endMember() throws IOException {
    long length = inflater.getBytesWritten() & 0xffffffffL;
    if (input.readInt() != crc.getValue() || input.readInt() != length) {
      throw GzipInput.bad("bad gzip data: checksum or length does not match");
    }
    inMember = false;
  }
}
