package io.jcri.daemon.imports.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A state of a database. There are two of these pages: the newer that is whole counts, since the
 * other is the one that a writer writes.
 *
 * @param root the page of the root bucket
 * @param pages how many there are; one beyond is none
 * @param transaction that has made the state
 */
record Meta(int pageSize, long root, long pages, long transaction) {
  static final int HEADER = 16;

  private static final int MAGIC = 0xED0CDAED;
  private static final int VERSION = 2;
  private static final int META_FLAG = 0x04;
  private static final int CHECKED = 56;
  private static final int SMALLEST_PAGE = 1 << 10;
  private static final int LARGEST_PAGE = 1 << 24;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * Finds the state that counts.
   *
   * @throws BoltException when no page is whole
   */
  static Meta newest(FileChannel file) throws IOException {
    Optional<Meta> first = at(file, 0);
    if (first.isPresent()) {
      return at(file, first.get().pageSize)
          .filter(second -> second.transaction > first.get().transaction)
          .orElse(first.get());
    }
    // Where the second page is, only the first could have told.
    for (int size = SMALLEST_PAGE; size <= LARGEST_PAGE; size *= 2) {
      Optional<Meta> second = at(file, size);
      if (second.isPresent() && second.get().pageSize == size) {
        return second.get();
      }
    }
    throw new BoltException(
        file.size() == 0
            ? "it is empty"
            : "it is no bbolt database, or both its heads are damaged");
  }

  private static Optional<Meta> at(FileChannel file, long offset) throws IOException {
    ByteBuffer page =
        ByteBuffer.allocate(HEADER + CHECKED + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (!Pages.fill(file, page, offset)) {
      return Optional.empty();
    }
    int pageSize = page.getInt(HEADER + 8);
    boolean whole =
        (page.getShort(8) & META_FLAG) != 0
            && page.getInt(HEADER) == MAGIC
            && page.getInt(HEADER + 4) == VERSION
            && page.getLong(HEADER + CHECKED) == checksum(page)
            && Integer.bitCount(pageSize) == 1
            && pageSize >= SMALLEST_PAGE
            && pageSize <= LARGEST_PAGE;
    return whole
        ? Optional.of(
            new Meta(
                pageSize,
                page.getLong(HEADER + 16),
                page.getLong(HEADER + 40),
                page.getLong(HEADER + 48)))
        : Optional.empty();
  }

  /** FNV-1a of all before the checksum. */
  private static long checksum(ByteBuffer page) {
    long hash = FNV_OFFSET;
    for (int i = HEADER; i < HEADER + CHECKED; i++) {
      hash = (hash ^ (page.get(i) & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
