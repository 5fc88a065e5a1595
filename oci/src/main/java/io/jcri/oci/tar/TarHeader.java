package io.jcri.oci.tar;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.PathBytes;
import java.util.Arrays;

/**
 * Reads the fields of one 512-byte header block: POSIX ustar, GNU, star and the format before them
 * (pax(1), "ustar Interchange Format"; GNU tar, "Basic Tar Format"). Holds the caller's array,
 * copies nothing.
 */
public final class TarHeader {

  public static final int BLOCK = 512;

  private static final byte[] POSIX_MAGIC = {'u', 's', 't', 'a', 'r', 0};
  private static final byte[] GNU_MAGIC = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};

  private final byte[] block;

  /**
   * @throws OciException INVALID when the checksum does not fit: this is no header
   */
  public TarHeader(byte[] block) {
    this.block = block;
    long stored = number("checksum", 148, 8);
    // POSIX sums unsigned bytes; some old writers summed signed ones.
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean blank = i >= 148 && i < 156;
      unsigned += blank ? ' ' : block[i] & 0xff;
      signed += blank ? ' ' : block[i];
    }
    if (stored != unsigned && stored != signed) {
      throw invalid("bad checksum in a header: not a tar archive, or damaged");
    }
  }

  char typeFlag() {
    return (char) (block[156] & 0xff);
  }

  /** The name, with the prefix field where the format has one. */
  String name() {
    String name = text(0, 100);
    if (Arrays.equals(block, 257, 263, POSIX_MAGIC, 0, 6)) {
      boolean star = text(508, 4).equals("tar");
      String prefix = text(345, star ? 131 : 155);
      return prefix.isEmpty() ? name : prefix + "/" + name;
    }
    return name;
  }

  String linkName() {
    return text(157, 100);
  }

  int mode() {
    return (int) (number("mode", 100, 8) & 07777);
  }

  long uid() {
    return number("uid", 108, 8);
  }

  long gid() {
    return number("gid", 116, 8);
  }

  long size() {
    return number("size", 124, 12);
  }

  long mtime() {
    return number("mtime", 136, 12);
  }

  int deviceMajor() {
    return device(329);
  }

  int deviceMinor() {
    return device(337);
  }

  boolean isGnu() {
    return Arrays.equals(block, 257, 265, GNU_MAGIC, 0, 8);
  }

  /** A field of the old GNU sparse header or of one of its extension blocks. */
  static long sparseNumber(byte[] block, int offset) {
    return parse(block, "sparse map", offset, 12);
  }

  /** The end of an archive is made of such blocks. */
  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private int device(int offset) {
    boolean hasFields = Arrays.equals(block, 257, 262, POSIX_MAGIC, 0, 5);
    long value = hasFields ? number("device", offset, 8) : 0;
    if (value < 0 || value > 0xfffff) {
      throw invalid("bad device number " + value + " in a header");
    }
    return (int) value;
  }

  private long number(String field, int offset, int length) {
    return parse(block, field, offset, length);
  }

  /**
   * Octal digits between blanks, or base-256 when the first bit is set (GNU, for large and negative
   * values).
   */
  private static long parse(byte[] block, String field, int offset, int length) {
    if ((block[offset] & 0x80) != 0) {
      return base256(block, field, offset, length);
    }
    int from = offset;
    int to = offset + length;
    while (from < to && isBlank(block[from])) {
      from++;
    }
    while (to > from && isBlank(block[to - 1])) {
      to--;
    }
    long value = 0;
    for (int i = from; i < to && block[i] != 0; i++) {
      int digit = block[i] - '0';
      if (digit < 0 || digit > 7) {
        throw invalid("bad " + field + " in a header");
      }
      value = value << 3 | digit;
    }
    return value;
  }

  private static long base256(byte[] block, String field, int offset, int length) {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int b = block[offset + i] & 0xff;
      if (i == 0) {
        b = negative ? b | 0x80 : b & 0x7f;
      }
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw invalid(field + " out of range in a header");
      }
      value = value << 8 | b;
    }
    return value;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == 0;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return PathBytes.decode(block, offset, end - offset);
  }

  public static OciException invalid(String message) {
    return new OciException(OciException.Kind.INVALID, message);
  }
}
