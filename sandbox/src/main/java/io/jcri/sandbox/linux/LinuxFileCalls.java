package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link FileCalls} of the running kernel; what makes and moves names is {@link LinuxNameCalls}.
 */
interface LinuxFileCalls extends FileCalls {
  /** Of {@code linux/fs.h}. */
  int SYNC_FILE_RANGE_WRITE = 2;

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
