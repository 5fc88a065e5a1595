package io.jcri.sandbox.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The {@link FileCalls} of the running kernel that make, move, remove and read names. */
interface LinuxNameCalls extends FileCalls {
  /** PATH_MAX. */
  int LINK_BYTES = 4096;

  @Override
  default void mkdirat(Fd directory, String path, int mode) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "make directory",
          path,
          SyscallNumbers.MKDIRAT,
          directory.number(),
          frame.string("make directory", path),
          mode);
    }
  }

  @Override
  default void mknodat(Fd directory, String path, int mode, int major, int minor)
      throws ErrnoException {
    // The kernel's 32 bit coding of a device number (new_encode_dev): a major above 12 bits or a
    // minor above 20 would silently become another device.
    if ((major & ~0xFFF) != 0 || (minor & ~0xFFFFF) != 0) {
      throw new ErrnoException("make node", Errno.EINVAL.number(), path);
    }
    long device = (minor & 0xFFL) | ((long) major << 8) | ((minor & ~0xFFL) << 12);
    try (Frame frame = new Frame()) {
      frame.call(
          "make node",
          path,
          SyscallNumbers.MKNODAT,
          directory.number(),
          frame.string("make node", path),
          mode,
          device & 0xFFFF_FFFFL);
    }
  }

  @Override
  default void symlinkat(String target, Fd directory, String path) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "make symbolic link",
          path,
          SyscallNumbers.SYMLINKAT,
          frame.string("make symbolic link to", target),
          directory.number(),
          frame.string("make symbolic link", path));
    }
  }

  @Override
  default void linkat(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath, int flags)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "link",
          oldPath + " as " + newPath,
          SyscallNumbers.LINKAT,
          oldDirectory.number(),
          frame.string("link", oldPath),
          newDirectory.number(),
          frame.string("link", newPath),
          flags,
          0);
    }
  }

  @Override
  default void unlinkat(Fd directory, String path, int flags) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "remove",
          path,
          SyscallNumbers.UNLINKAT,
          directory.number(),
          frame.string("remove", path),
          flags);
    }
  }

  @Override
  default void renameat2(
      Fd oldDirectory, String oldPath, Fd newDirectory, String newPath, int flags)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "rename",
          oldPath + " to " + newPath,
          SyscallNumbers.RENAMEAT2,
          oldDirectory.number(),
          frame.string("rename", oldPath),
          newDirectory.number(),
          frame.string("rename", newPath),
          flags,
          0);
    }
  }

  @Override
  default String readlinkat(Fd directory, String path) throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment target = frame.memory(LINK_BYTES);
      long length =
          frame.call(
              "read link",
              path.isEmpty() ? directory.toString() : path,
              SyscallNumbers.READLINKAT,
              directory.number(),
              frame.string("read link", path),
              target.address(),
              LINK_BYTES);
      return PathBytes.decode(target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }
  }
}
