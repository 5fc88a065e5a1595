package io.jcri.sandbox.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link AttributeCalls} of the running kernel. */
interface LinuxAttributeCalls extends AttributeCalls {
  long FS_IOC_GETFLAGS = 0x80086601L;
  long FS_IOC_SETFLAGS = 0x40086602L;

  /** XATTR_SIZE_MAX and XATTR_LIST_MAX. */
  int XATTR_BYTES = 64 * 1024;

  int FIRST_TRY_BYTES = 256;

  @Override
  default void fchown(Fd file, long uid, long gid) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "change owner of", file.toString(), SyscallNumbers.FCHOWN, file.number(), uid, gid);
    }
  }

  @Override
  default void fchownat(Fd directory, String path, long uid, long gid) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "change owner of",
          path,
          SyscallNumbers.FCHOWNAT,
          directory.number(),
          frame.string("change owner of", path),
          uid,
          gid,
          OpenFlags.AT_SYMLINK_NOFOLLOW,
          0);
    }
  }

  @Override
  default void fchmod(Fd file, int mode) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call("change mode of", file.toString(), SyscallNumbers.FCHMOD, file.number(), mode, 0);
    }
  }

  @Override
  default void fchmodat(Fd directory, String path, int mode) throws ErrnoException {
    String action = "change mode of";
    try (Frame frame = new Frame()) {
      long result =
          frame.raw(
              SyscallNumbers.FCHMODAT2,
              directory.number(),
              frame.string(action, path),
              mode,
              OpenFlags.AT_SYMLINK_NOFOLLOW,
              0,
              0);
      if (result == -Errno.ENOSYS.number()) {
        LinuxAttributeCalls.chmodThroughProc(directory, path, mode);
      } else if (result < 0) {
        throw new ErrnoException(action, (int) -result, path);
      }
    }
  }

  /** Before Linux 6.6 fchmodat always follows links; a descriptor of the place itself cannot. */
  private static void chmodThroughProc(Fd directory, String path, int mode) throws ErrnoException {
    Linux linux = Linux.get();
    try (Fd place = linux.openat2(directory, path, OpenFlags.PATH | OpenFlags.NOFOLLOW, 0, 0);
        Frame frame = new Frame()) {
      if (linux.fstat(place).isLink()) {
        throw new ErrnoException("change mode of", Errno.EOPNOTSUPP.number(), path);
      }
      frame.call(
          "change mode of",
          path,
          SyscallNumbers.FCHMODAT,
          Fd.CWD.number(),
          frame.string("change mode of", place.procPath()),
          mode);
    }
  }

  @Override
  default void utimensat(
      Fd directory, String path, long accessSec, int accessNs, long modifySec, int modifyNs)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "set times of",
          path,
          SyscallNumbers.UTIMENSAT,
          directory.number(),
          frame.string("set times of", path),
          times(frame, accessSec, accessNs, modifySec, modifyNs),
          OpenFlags.AT_SYMLINK_NOFOLLOW);
    }
  }

  @Override
  default void futimens(Fd file, long accessSec, int accessNs, long modifySec, int modifyNs)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "set times of",
          file.toString(),
          SyscallNumbers.UTIMENSAT,
          file.number(),
          0,
          times(frame, accessSec, accessNs, modifySec, modifyNs),
          0);
    }
  }

  private static long times(
      Frame frame, long accessSec, int accessNs, long modifySec, int modifyNs) {
    MemorySegment times = frame.memory(32);
    times.set(ValueLayout.JAVA_LONG, 0, accessSec);
    times.set(ValueLayout.JAVA_LONG, 8, accessNs);
    times.set(ValueLayout.JAVA_LONG, 16, modifySec);
    times.set(ValueLayout.JAVA_LONG, 24, modifyNs);
    return times.address();
  }

  @Override
  default void addInodeFlags(Fd file, int flags) throws ErrnoException {
    String action = "set inode flags of";
    try (Frame frame = new Frame()) {
      // The calls are declared with a long and take an int.
      MemorySegment value = frame.memory(8);
      frame.call(
          action,
          file.toString(),
          SyscallNumbers.IOCTL,
          file.number(),
          FS_IOC_GETFLAGS,
          value.address());
      int before = value.get(ValueLayout.JAVA_INT, 0);
      if ((before & flags) != flags) {
        value.set(ValueLayout.JAVA_INT, 0, before | flags);
        frame.call(
            action,
            file.toString(),
            SyscallNumbers.IOCTL,
            file.number(),
            FS_IOC_SETFLAGS,
            value.address());
      }
    }
  }

  @Override
  default void fsetxattr(Fd file, String name, byte[] value) throws ErrnoException {
    String action = "set " + name + " of";
    try (Frame frame = new Frame()) {
      frame.call(
          action,
          file.toString(),
          SyscallNumbers.FSETXATTR,
          file.number(),
          frame.string(action, name),
          frame.copyOf(value).address(),
          value.length,
          0,
          0);
    }
  }

  @Override
  default void lsetxattr(String path, String name, byte[] value) throws ErrnoException {
    String action = "set " + name + " of";
    try (Frame frame = new Frame()) {
      frame.call(
          action,
          path,
          SyscallNumbers.LSETXATTR,
          frame.string(action, path),
          frame.string(action, name),
          frame.copyOf(value).address(),
          value.length,
          0,
          0);
    }
  }

  @Override
  default Optional<byte[]> lgetxattr(String path, String name) throws ErrnoException {
    try {
      try {
        return Optional.of(getOnce(path, name, FIRST_TRY_BYTES));
      } catch (ErrnoException e) {
        if (!e.is(Errno.ERANGE)) {
          throw e;
        }
        return Optional.of(getOnce(path, name, XATTR_BYTES));
      }
    } catch (ErrnoException e) {
      if (e.is(Errno.ENODATA)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static byte[] getOnce(String path, String name, int room) throws ErrnoException {
    String action = "get " + name + " of";
    try (Frame frame = new Frame()) {
      MemorySegment value = frame.memory(room);
      long length =
          frame.call(
              action,
              path,
              SyscallNumbers.LGETXATTR,
              frame.string(action, path),
              frame.string(action, name),
              value.address(),
              room);
      return value.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Override
  default List<String> llistxattr(String path) throws ErrnoException {
    String action = "list attributes of";
    try (Frame frame = new Frame()) {
      MemorySegment names = frame.memory(XATTR_BYTES);
      long length =
          frame.call(
              action,
              path,
              SyscallNumbers.LLISTXATTR,
              frame.string(action, path),
              names.address(),
              XATTR_BYTES);
      List<String> result = new ArrayList<>();
      long at = 0;
      while (at < length) {
        String name = Frame.name(names, at);
        result.add(name);
        at += PathBytes.encode(name).length + 1L;
      }
      return result;
    }
  }
}
