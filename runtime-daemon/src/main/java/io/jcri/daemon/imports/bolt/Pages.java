package io.jcri.daemon.imports.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** The pages of one state of a database. Not thread-safe. */
final class Pages {
  /** More is not read of any database: what is asked of them takes little. */
  private static final long MOST_BYTES = 64 << 20;

  private final FileChannel file;
  private final Meta meta;
  private long left = MOST_BYTES;

  Pages(FileChannel file, Meta meta) {
    this.file = file;
    this.meta = meta;
  }

  /**
   * Reads a page with all that belongs to it.
   *
   * @throws BoltException when it is none of this state, or not whole
   */
  ByteBuffer read(long number) throws IOException {
    if (number < 2 || number >= meta.pages()) {
      throw damaged("there is no page " + number + " of " + meta.pages());
    }
    if (number > file.size() / meta.pageSize()) {
      throw truncated(number);
    }
    long offset = number * meta.pageSize();
    ByteBuffer header = allocate(Meta.HEADER);
    if (!fill(file, header, offset)) {
      throw truncated(number);
    }
    if (header.getLong(0) != number) {
      throw damaged("page " + number + " calls itself " + header.getLong(0));
    }
    // A value larger than a page has the pages that follow as well.
    long bytes = (1 + Integer.toUnsignedLong(header.getInt(12))) * meta.pageSize();
    left -= bytes;
    if (bytes > MOST_BYTES || left < 0) {
      throw damaged("more than " + MOST_BYTES + " bytes would be read of it");
    }
    ByteBuffer page = allocate((int) bytes);
    if (!fill(file, page, offset)) {
      throw truncated(number);
    }
    return page;
  }

  private BoltException truncated(long number) throws IOException {
    return damaged("it ends after %d bytes, before page %d does".formatted(file.size(), number));
  }

  static BoltException damaged(String how) {
    return new BoltException("it is damaged: " + how);
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether the file has all of it. */
  static boolean fill(FileChannel file, ByteBuffer buffer, long offset) throws IOException {
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + buffer.position()) < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }
}
