package io.jcri.sandbox.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** statx(2), whose structure is the same on every architecture. */
final class Statx {
  private static final int BYTES = 256;
  private static final int BASIC_STATS = 0x7FF;
  private static final int MOUNT_ID = 0x1000;

  private Statx() {}

  static FileStat of(Fd directory, String path, String subject) throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment out = frame.memory(BYTES);
      int empty = path.isEmpty() ? OpenFlags.AT_EMPTY_PATH : 0;
      frame.call(
          "stat",
          subject,
          SyscallNumbers.STATX,
          directory.number(),
          frame.string("stat", path),
          OpenFlags.AT_SYMLINK_NOFOLLOW | empty,
          BASIC_STATS | MOUNT_ID,
          out.address(),
          0);
      return new FileStat(
          integer(out, 136),
          integer(out, 140),
          out.get(ValueLayout.JAVA_LONG, 32),
          out.get(ValueLayout.JAVA_SHORT, 28) & 0xFFFF,
          integer(out, 16) & 0xFFFF_FFFFL,
          integer(out, 20) & 0xFFFF_FFFFL,
          integer(out, 24) & 0xFFFF_FFFFL,
          integer(out, 128),
          integer(out, 132),
          out.get(ValueLayout.JAVA_LONG, 40),
          out.get(ValueLayout.JAVA_LONG, 48),
          out.get(ValueLayout.JAVA_LONG, 112),
          integer(out, 120),
          out.get(ValueLayout.JAVA_LONG, 144));
    }
  }

  private static int integer(MemorySegment out, long offset) {
    return out.get(ValueLayout.JAVA_INT, offset);
  }
}
