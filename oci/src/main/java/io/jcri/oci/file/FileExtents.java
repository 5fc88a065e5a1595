package io.jcri.oci.file;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Reads and copies files by the parts of them that hold data: a hole of terabytes takes no time and
 * no space. Nobody may write to them meanwhile.
 *
 * <p>Blocks; ends with an {@link InterruptedIOException} when interrupted. Not thread-safe.
 */
public final class FileExtents implements AutoCloseable {

  /** The most bytes of a {@link Piece}; a copy makes a hole of one that is all zeros. */
  public static final int PIECE = 64 << 10;

  private final Syscalls sys;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(PIECE);
  private final MemorySegment zeros = arena.allocate(PIECE);

  public FileExtents(Syscalls sys) {
    this.sys = sys;
  }

  /** Is told of a part that holds data. */
  public interface Extent {
    void at(long offset, long length) throws IOException;
  }

  /** Is given data, valid until it returns. */
  public interface Piece {
    void at(long offset, MemorySegment data) throws IOException;
  }

  /** Is told of data before it is copied, and may refuse it. */
  public interface Count {
    void add(long bytes) throws IOException;
  }

  /**
   * Finds all data, in ascending order.
   *
   * @param size of the file
   */
  public void find(Fd file, long size, Extent extent) throws IOException {
    long at = 0;
    while (at < size) {
      refuseInterrupted(file);
      OptionalLong data = sys.seekData(file, at);
      if (data.isEmpty() || data.getAsLong() >= size) {
        return;
      }
      at = Math.min(sys.seekHole(file, data.getAsLong()), size);
      extent.at(data.getAsLong(), at - data.getAsLong());
    }
  }

  /** Reads one part, a piece at a time. */
  public void read(Fd file, long offset, long length, Piece piece) throws IOException {
    for (long done = 0; done < length; ) {
      refuseInterrupted(file);
      MemorySegment wanted = buffer.asSlice(0, Math.min(PIECE, length - done));
      int read = sys.readAt(file, wanted, offset + done);
      if (read == 0) {
        throw new OciException(
            OciException.Kind.FAILED_PRECONDITION, file + " became shorter while it was read");
      }
      piece.at(offset + done, buffer.asSlice(0, read));
      done += read;
    }
  }

  /**
   * Copies a file into an empty one.
   *
   * @param size of the source
   * @param count is told of every byte that is read
   */
  public void copy(Fd from, Fd to, long size, Count count) throws IOException {
    long[] end = new long[1];
    Piece copied =
        (offset, data) -> {
          count.add(data.byteSize());
          if (data.mismatch(zeros.asSlice(0, data.byteSize())) >= 0) {
            sys.writeFullyAt(to, data, offset);
            end[0] = offset + data.byteSize();
          }
        };
    find(from, size, (offset, length) -> read(from, offset, length, copied));
    if (end[0] < size) {
      sys.ftruncate(to, size);
    }
  }

  private static void refuseInterrupted(Fd file) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while reading " + file);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
