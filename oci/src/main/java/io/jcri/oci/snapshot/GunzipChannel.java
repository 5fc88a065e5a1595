package io.jcri.oci.snapshot;

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
 * members. Zeros after the last member are padding. Not thread-safe.
 */
final class GunzipChannel implements ReadableByteChannel {

  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  private final ChunkSource source;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private ByteBuffer input = ByteBuffer.allocate(0);
  private boolean inMember;
  private boolean first = true;
  private boolean open = true;

  GunzipChannel(ChunkSource source) {
    this.source = source;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    while (true) {
      if (!inMember && !startMember()) {
        return -1;
      }
      if (inflater.needsInput()) {
        if (!input.hasRemaining() && !refill()) {
          throw truncated();
        }
        inflater.setInput(input);
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
        throw bad("bad gzip data: wants a dictionary");
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

  private boolean startMember() throws IOException {
    if (first) {
      first = false;
    } else {
      // Padding, as tapes have it.
      do {
        if (!input.hasRemaining() && !refill()) {
          return false;
        }
      } while (input.get() == 0);
      input.position(input.position() - 1);
    }
    if (readByte() != 0x1f || readByte() != 0x8b || readByte() != 8) {
      throw bad("bad gzip header");
    }
    int flags = readByte();
    skip(6);
    if ((flags & FLAG_EXTRA) != 0) {
      skip(readByte() | readByte() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    inMember = true;
    return true;
  }

  private void endMember() throws IOException {
    long length = inflater.getBytesWritten() & 0xffffffffL;
    if (readInt() != crc.getValue() || readInt() != length) {
      throw bad("bad gzip data: checksum or length does not match");
    }
    inMember = false;
  }

  private long readInt() throws IOException {
    return readByte() | readByte() << 8 | readByte() << 16 | (long) readByte() << 24;
  }

  private void skipText() throws IOException {
    while (readByte() != 0) {
      // The name or comment means nothing here.
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      readByte();
    }
  }

  private int readByte() throws IOException {
    if (!input.hasRemaining() && !refill()) {
      throw truncated();
    }
    return input.get() & 0xff;
  }

  private boolean refill() throws IOException {
    ByteBuffer next = source.next();
    if (next == null) {
      return false;
    }
    input = next;
    return true;
  }

  private static OciException truncated() {
    return bad("gzip data is truncated");
  }

  private static OciException bad(String message) {
    return new OciException(OciException.Kind.DATA_LOSS, message);
  }
}
