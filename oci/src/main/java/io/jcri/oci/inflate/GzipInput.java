package io.jcri.oci.inflate;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The bytes of a gzip file, and the headers of its members (RFC 1952, section 2.3). Whoever
 * inflates takes what it needs from {@link #buffer}. Zeros behind a member are padding. Not
 * thread-safe.
 */
final class GzipInput {

  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final ChunkSource source;
  private final CRC32 sum = new CRC32();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
  private boolean first = true;

  GzipInput(ChunkSource source) {
    this.source = source;
  }

  /** What is left of the current piece. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Whether something is left; if not in the buffer, gets the next. */
  boolean hasMore() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    ByteBuffer next = source.next();
    if (next == null) {
      return false;
    }
    buffer = next;
    return true;
  }

  /**
   * Reads the header of the next member.
   *
   * @return false at the end
   * @throws OciException DATA_LOSS
   */
  boolean startMember() throws IOException {
    if (first) {
      first = false;
    } else {
      // Padding, as tapes have it.
      do {
        if (!hasMore()) {
          return false;
        }
      } while (buffer.get() == 0);
      buffer.position(buffer.position() - 1);
    }
    sum.reset();
    if (headerByte() != 0x1f || headerByte() != 0x8b || headerByte() != 8) {
      throw bad("bad gzip header");
    }
    int flags = headerByte();
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(headerByte() | headerByte() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      long expected = sum.getValue() & 0xffff;
      if ((readByte() | readByte() << 8) != expected) {
        throw bad("bad gzip header: checksum does not match");
      }
    }
    return true;
  }

  /** A number of a member's trailer. */
  long readInt() throws IOException {
    return readByte() | readByte() << 8 | readByte() << 16 | (long) readByte() << 24;
  }

  private void skipText() throws IOException {
    while (headerByte() != 0) {
      // The name or comment means nothing here.
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int _ = headerByte();
    }
  }

  private int headerByte() throws IOException {
    int b = readByte();
    sum.update(b);
    return b;
  }

  private int readByte() throws IOException {
    if (!hasMore()) {
      throw truncated();
    }
    return buffer.get() & 0xff;
  }

  static OciException truncated() {
    return bad("gzip data is truncated");
  }

  static OciException bad(String message) {
    return new OciException(OciException.Kind.DATA_LOSS, message);
  }
}
