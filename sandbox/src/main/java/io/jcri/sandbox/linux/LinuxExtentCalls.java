package io.jcri.sandbox.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.OptionalLong;

/** {@link ExtentCalls} of the running kernel. */
interface LinuxExtentCalls extends ExtentCalls {
  int SEEK_DATA = 3;
  int SEEK_HOLE = 4;

  @Override
  default OptionalLong seekData(Fd file, long from) throws ErrnoException {
    try {
      return OptionalLong.of(seek("find data of", file, from, SEEK_DATA));
    } catch (ErrnoException e) {
      if (e.is(Errno.ENXIO)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  @Override
  default long seekHole(Fd file, long from) throws ErrnoException {
    return seek("find a hole of", file, from, SEEK_HOLE);
  }

  private static long seek(String action, Fd file, long from, int whence) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return frame.call(action, file.toString(), SyscallNumbers.LSEEK, file.number(), from, whence);
    }
  }

  @Override
  default int readAt(Fd file, MemorySegment into, long offset) throws ErrnoException {
    return transfer("read", SyscallNumbers.PREAD64, file, into, offset);
  }

  @Override
  default int writeAt(Fd file, MemorySegment from, long offset) throws ErrnoException {
    return transfer("write", SyscallNumbers.PWRITE64, file, from, offset);
  }

  private static int transfer(String action, int number, Fd file, MemorySegment memory, long offset)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      return (int)
          frame.call(
              action,
              file.toString(),
              number,
              file.number(),
              Frame.addressOf(memory),
              memory.byteSize(),
              offset);
    } finally {
      Reference.reachabilityFence(memory);
    }
  }
}
