package io.jcri.daemon.imports.storage;

/**
 * The CRC-64 of ISO 3309 with all bits reflected, as Go's hash/crc64 has it under "ISO". Not
 * thread-safe.
 */
final class Crc64 {
  private static final long POLYNOMIAL = 0xD800000000000000L;
  private static final long[] TABLE = table();

  private long value = -1;

  private static long[] table() {
    long[] table = new long[256];
    for (int i = 0; i < table.length; i++) {
      long value = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
      }
      table[i] = value;
    }
    return table;
  }

  void update(byte[] bytes, int offset, int length) {
    long next = value;
    for (int i = offset; i < offset + length; i++) {
      next = TABLE[(int) (next ^ bytes[i]) & 0xff] ^ (next >>> Byte.SIZE);
    }
    value = next;
  }

  long value() {
    return ~value;
  }
}
