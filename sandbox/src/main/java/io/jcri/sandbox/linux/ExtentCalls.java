package io.jcri.sandbox.linux;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Files by the parts of them that hold data; the rest are holes, which read as zeros and take no
 * space. See {@link Syscalls} for the rules.
 */
public interface ExtentCalls {
  /**
   * Where the data at or behind an offset begins, or empty when nothing but a hole follows
   * (lseek(2), SEEK_DATA). Moves the file's own offset.
   */
  OptionalLong seekData(Fd file, long from) throws ErrnoException;

  /**
   * Where the hole at or behind an offset begins; the end of the file counts as one (SEEK_HOLE).
   * Moves the file's own offset.
   *
   * @param from below the file's size
   */
  long seekHole(Fd file, long from) throws ErrnoException;

  /**
   * Reads into the native segment once, from an offset of the file.
   *
   * @return the bytes read, 0 at the end
   */
  int readAt(Fd file, MemorySegment into, long offset) throws ErrnoException;

  /**
   * Writes from the native segment once, at an offset of the file.
   *
   * @return the bytes written, perhaps fewer than given
   */
  int writeAt(Fd file, MemorySegment from, long offset) throws ErrnoException;

  /** Writes all of the native segment at an offset of the file. */
  default void writeFullyAt(Fd file, MemorySegment from, long offset) throws ErrnoException {
    long done = 0;
    while (done < from.byteSize()) {
      done += writeAt(file, from.asSlice(done), offset + done);
    }
  }
}
