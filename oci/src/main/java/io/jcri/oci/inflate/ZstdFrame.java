package io.jcri.oci.inflate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a Zstandard frame says of itself before its first block (RFC 8878, section 3.1.1.1).
 *
 * @param window how far back its content may refer, in bytes; 0 for a skippable frame, and for what
 *     is no frame at all
 * @param content its size when inflated, {@link Long#MAX_VALUE} when it does not say
 */
record ZstdFrame(long window, long content) {

  /** Of a header with all its fields. */
  static final int MAX_HEADER = 18;

  private static final int MAGIC = 0xfd2fb528;
  private static final ZstdFrame NONE = new ZstdFrame(0, 0);

  /**
   * Reads a header; moves no position.
   *
   * @param start the first {@link #MAX_HEADER} bytes, or all there are
   */
  static ZstdFrame read(ByteBuffer start) {
    ByteBuffer in = start.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < 5 || in.getInt() != MAGIC) {
      return NONE;
    }
    int descriptor = in.get() & 0xff;
    boolean single = (descriptor & 0x20) != 0;
    int dictionary = new int[] {0, 1, 2, 4}[descriptor & 3];
    int contentField = new int[] {single ? 1 : 0, 2, 4, 8}[descriptor >> 6];
    if (in.remaining() < (single ? 0 : 1) + dictionary + contentField) {
      return NONE;
    }
    long window = 0;
    if (!single) {
      int exponentAndMantissa = in.get() & 0xff;
      long base = 1L << (10 + (exponentAndMantissa >> 3));
      window = base + base / 8 * (exponentAndMantissa & 7);
    }
    in.position(in.position() + dictionary);
    long content =
        switch (contentField) {
          case 1 -> in.get() & 0xff;
          case 2 -> (in.getShort() & 0xffff) + 256;
          case 4 -> in.getInt() & 0xffff_ffffL;
          case 8 -> in.getLong();
          default -> Long.MAX_VALUE;
        };
    content = content < 0 ? Long.MAX_VALUE : content;
    return new ZstdFrame(single ? content : window, content);
  }
}
