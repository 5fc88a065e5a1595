package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.BLOCK;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What has not been handed out of the data behind a header, and where in the file it belongs. Not
 * thread-safe.
 */
final class TarData {

  private final TarInput input;
  private long remaining;

  /** What fills the last block. */
  private int padding;

  private long offset;
  private @Nullable SparseMap sparse;
  private int extent;
  private long extentUsed;

  TarData(TarInput input) {
    this.input = input;
  }

  /** Starts behind a header that says how many bytes follow it. */
  void begin(long size) {
    remaining = size;
    padding = (int) (-size & (BLOCK - 1));
    offset = 0;
    extent = 0;
    extentUsed = 0;
    sparse = null;
  }

  /**
   * Says where what remains belongs.
   *
   * @param map of exactly as many bytes
   */
  void spread(SparseMap map) {
    sparse = map;
  }

  long remaining() {
    return remaining;
  }

  /** Fills an array that is no longer than what remains. */
  void read(byte[] target) throws IOException {
    input.read(target);
    remaining -= target.length;
  }

  /**
   * Goes to the next header. Some writers (umoci insert) end right behind the last file, without
   * what fills its block and without an end mark; Go's archive/tar takes that too.
   */
  void skip() throws IOException {
    input.skip(remaining);
    input.skipUpTo(padding);
    begin(0);
  }

  /** As {@link TarReader#data}. */
  @Nullable ByteBuffer next() throws IOException {
    if (remaining == 0) {
      return null;
    }
    long most = remaining;
    if (sparse == null) {
      offset = extentUsed;
    } else {
      while (extentUsed == sparse.length(extent)) {
        extent++;
        extentUsed = 0;
      }
      offset = sparse.offset(extent) + extentUsed;
      most = sparse.length(extent) - extentUsed;
    }
    ByteBuffer piece = input.piece(most);
    remaining -= piece.remaining();
    extentUsed += piece.remaining();
    return piece;
  }

  /** Where in the file the last piece belongs. */
  long offset() {
    return offset;
  }
}
