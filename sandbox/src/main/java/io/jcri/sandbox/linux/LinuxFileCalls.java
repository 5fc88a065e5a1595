package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** {@link FileCalls} of the running kernel. */
interface LinuxFileCalls extends FileCalls {
  /** Of {@code linux/fs.h}. */
  int SYNC_FILE_RANGE_WRITE = 2;

  /** PATH_MAX. */
  int LINK_BYTES = 4096;

  int LIST_BYTES = 32 * 1024;
  int LOCK_EXCLUSIVE = 2;
  int LOCK_NONBLOCK = 4;
  int MEMFD_CLOEXEC = 1;
  int FIONREAD = 0x541B;

  @Override
  default Fd openat2(Fd directory, String path, int flags, int mode, int resolve)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment how = frame.memory(24);
      how.set(ValueLayout.JAVA_LONG, 0, (flags | OpenFlags.CLOEXEC) & 0xFFFF_FFFFL);
      how.set(ValueLayout.JAVA_LONG, 8, mode);
      how.set(ValueLayout.JAVA_LONG, 16, resolve);
      long opened =
          frame.call(
              "open",
              path,
              SyscallNumbers.OPENAT2,
              directory.number(),
              frame.string("open", path),
              how.address(),
              24);
      return Fd.below((int) opened, directory, path);
    }
  }

  @Override
  default int read(Fd file, MemorySegment into) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return (int)
          frame.call(
              "read",
              file.toString(),
              SyscallNumbers.READ,
              file.number(),
              Frame.addressOf(into),
              into.byteSize());
    } finally {
      Reference.reachabilityFence(into);
    }
  }

  @Override
  default int readable(Fd file) throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment count = frame.memory(Integer.BYTES);
      frame.call(
          "look into",
          file.toString(),
          SyscallNumbers.IOCTL,
          file.number(),
          FIONREAD,
          count.address());
      return count.get(ValueLayout.JAVA_INT, 0);
    }
  }

  @Override
  default int write(Fd file, MemorySegment from) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return (int)
          frame.call(
              "write",
              file.toString(),
              SyscallNumbers.WRITE,
              file.number(),
              Frame.addressOf(from),
              from.byteSize());
    } finally {
      Reference.reachabilityFence(from);
    }
  }

  @Override
  default byte[] readOnce(String path, int limit) throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment how = frame.memory(24);
      how.set(ValueLayout.JAVA_LONG, 0, OpenFlags.READ_ONLY | OpenFlags.CLOEXEC);
      long name = frame.string("open", path);
      long fd =
          frame.call(
              "open", path, SyscallNumbers.OPENAT2, Fd.CWD.number(), name, how.address(), 24);
      try {
        MemorySegment content = frame.memory(limit);
        long bytes = frame.call("read", path, SyscallNumbers.READ, fd, content.address(), limit);
        return content.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
      } finally {
        long ignored = frame.raw(SyscallNumbers.CLOSE, fd, 0, 0, 0, 0, 0);
      }
    }
  }

  @Override
  default void ftruncate(Fd file, long size) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call("resize", file.toString(), SyscallNumbers.FTRUNCATE, file.number(), size, 0);
    }
  }

  @Override
  default FileStat fstat(Fd file) throws ErrnoException {
    return Statx.of(file, "", file.toString());
  }

  @Override
  default FileStat fstatat(Fd directory, String path) throws ErrnoException {
    return Statx.of(directory, path, path);
  }

  @Override
  default List<DirectoryEntry> list(Fd directory) throws ErrnoException {
    List<DirectoryEntry> entries = new ArrayList<>();
    for (List<DirectoryEntry> some = listSome(directory);
        !some.isEmpty();
        some = listSome(directory)) {
      entries.addAll(some);
    }
    return entries;
  }

  @Override
  default List<DirectoryEntry> listSome(Fd directory) throws ErrnoException {
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Frame frame = new Frame()) {
      MemorySegment buffer = frame.memory(LIST_BYTES);
      while (entries.isEmpty()) {
        long bytes =
            frame.call(
                "list",
                directory.toString(),
                SyscallNumbers.GETDENTS64,
                directory.number(),
                buffer.address(),
                LIST_BYTES);
        if (bytes == 0) {
          break;
        }
        // A buffer may hold nothing but "." and "..": that is not the end.
        parseEntries(buffer.asSlice(0, bytes), entries);
      }
    }
    return entries;
  }

  /** Reads records of struct linux_dirent64: inode, offset, length, type, name with NUL. */
  private static void parseEntries(MemorySegment records, List<DirectoryEntry> entries) {
    long at = 0;
    while (at < records.byteSize()) {
      int length = records.get(ValueLayout.JAVA_SHORT, at + 16) & 0xFFFF;
      String name = Frame.name(records, at + 19);
      if (!name.equals(".") && !name.equals("..")) {
        int type = records.get(ValueLayout.JAVA_BYTE, at + 18) << 12;
        entries.add(new DirectoryEntry(name, records.get(ValueLayout.JAVA_LONG, at), type));
      }
      at += length;
    }
  }

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

  @Override
  default void fsync(Fd file) throws IOException {
    LinuxFileCalls.blocking("sync", file, SyscallNumbers.FSYNC, 0);
  }

  @Override
  default void syncfs(Fd file) throws IOException {
    LinuxFileCalls.blocking("sync file system of", file, SyscallNumbers.SYNCFS, 0);
  }

  @Override
  default void startWriteback(Fd file) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "start to write",
          file.toString(),
          SyscallNumbers.SYNC_FILE_RANGE,
          file.number(),
          0,
          0,
          SYNC_FILE_RANGE_WRITE);
    }
  }

  @Override
  default FileSystemStat statfs(String path) throws IOException {
    return PlatformThreads.call(() -> {
      try (Frame frame = new Frame()) {
        MemorySegment out = frame.memory(120);
        frame.call(
            "stat file system of",
            path,
            SyscallNumbers.STATFS,
            frame.string("stat file system of", path),
            out.address(),
            0);
        long[] words = out.toArray(ValueLayout.JAVA_LONG);
        return new FileSystemStat(
            words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
      }
    });
  }

  @Override
  default void tryLock(Fd file) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "lock",
          file.toString(),
          SyscallNumbers.FLOCK,
          file.number(),
          LOCK_EXCLUSIVE | LOCK_NONBLOCK,
          0);
    }
  }

  @Override
  default void lock(Fd file) throws IOException {
    LinuxFileCalls.blocking("lock", file, SyscallNumbers.FLOCK, LOCK_EXCLUSIVE);
  }

  @Override
  default Fd memfdCreate(String name) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return new Fd(
          (int)
              frame.call(
                  "make memory file",
                  name,
                  SyscallNumbers.MEMFD_CREATE,
                  frame.string("make memory file", name),
                  MEMFD_CLOEXEC,
                  0),
          name);
    }
  }

  private static void blocking(String action, Fd file, int number, int argument)
      throws IOException {
    long ignored =
        PlatformThreads.call(() -> {
          try (Frame frame = new Frame()) {
            return frame.call(action, file.toString(), number, file.number(), argument, 0);
          }
        });
  }
}
