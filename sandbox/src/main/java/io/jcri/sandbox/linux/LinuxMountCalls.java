package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** {@link MountCalls} of the running kernel. */
interface LinuxMountCalls extends MountCalls {
  /** All of FSOPEN_, FSMOUNT_ and, by the value of O_CLOEXEC, OPEN_TREE_CLOEXEC. */
  int FS_CLOEXEC = 1;

  int CONFIG_SET_FLAG = 0;
  int CONFIG_SET_STRING = 1;
  int CONFIG_CREATE = 6;
  int MOVE_FROM_EMPTY_PATH = 4;
  int ATTR_BYTES = 32;

  @Override
  default void mount(
      @Nullable String source,
      String target,
      @Nullable String type,
      long flags,
      @Nullable String data)
      throws IOException {
    long ignored =
        PlatformThreads.call(() -> {
          try (Frame frame = new Frame()) {
            return frame.call(
                "mount",
                target,
                SyscallNumbers.MOUNT,
                frame.stringOrNull("mount", source),
                frame.string("mount", target),
                frame.stringOrNull("mount", type),
                flags,
                frame.stringOrNull("mount", data),
                0);
          }
        });
  }

  @Override
  default void umount2(String target, int flags) throws IOException {
    long ignored =
        PlatformThreads.call(() -> {
          try (Frame frame = new Frame()) {
            return frame.call(
                "unmount",
                target,
                SyscallNumbers.UMOUNT2,
                frame.string("unmount", target),
                flags,
                0);
          }
        });
  }

  @Override
  default Fd openTree(Fd directory, String path, int flags) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return new Fd(
          (int)
              frame.call(
                  "open mount",
                  path,
                  SyscallNumbers.OPEN_TREE,
                  directory.number(),
                  frame.string("open mount", path),
                  flags | OpenFlags.CLOEXEC | (path.isEmpty() ? OpenFlags.AT_EMPTY_PATH : 0)),
          "mount of " + (path.isEmpty() ? directory : path));
    }
  }

  @Override
  default void moveMount(Fd mount, String target) throws IOException {
    long ignored =
        PlatformThreads.call(() -> {
          try (Frame frame = new Frame()) {
            return frame.call(
                "mount",
                target,
                SyscallNumbers.MOVE_MOUNT,
                mount.number(),
                frame.string("mount", ""),
                Fd.CWD.number(),
                frame.string("mount", target),
                MOVE_FROM_EMPTY_PATH,
                0);
          }
        });
  }

  @Override
  default Fd fsopen(String type) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return new Fd(
          (int)
              frame.call(
                  "configure file system",
                  type,
                  SyscallNumbers.FSOPEN,
                  frame.string("configure file system", type),
                  FS_CLOEXEC,
                  0),
          type);
    }
  }

  @Override
  default void fsconfigSet(Fd context, String key, @Nullable String value) throws ErrnoException {
    String subject = value == null ? key : key + "=" + value;
    try (Frame frame = new Frame()) {
      LinuxMountCalls.explained(
          context,
          frame,
          "set mount option",
          subject,
          frame.raw(
              SyscallNumbers.FSCONFIG,
              context.number(),
              value == null ? CONFIG_SET_FLAG : CONFIG_SET_STRING,
              frame.string("set mount option", key),
              frame.stringOrNull("set mount option", value),
              0,
              0));
    }
  }

  @Override
  default void fsconfigCreate(Fd context) throws IOException {
    PlatformThreads.call(() -> {
      try (Frame frame = new Frame()) {
        LinuxMountCalls.explained(
            context,
            frame,
            "make file system of",
            context.toString(),
            frame.raw(SyscallNumbers.FSCONFIG, context.number(), CONFIG_CREATE, 0, 0, 0, 0));
        return null;
      }
    });
  }

  /** The context itself, when read, says in words what it did not like. */
  private static void explained(Fd context, Frame frame, String action, String subject, long result)
      throws ErrnoException {
    if (result >= 0) {
      return;
    }
    MemorySegment message = frame.memory(1024);
    StringBuilder log = new StringBuilder();
    long length;
    // Bounded: the kernel keeps at most eight messages.
    for (int i = 0; i < 8; i++) {
      length =
          frame.raw(
              SyscallNumbers.READ,
              context.number(),
              message.address(),
              message.byteSize(),
              0,
              0,
              0);
      if (length <= 0) {
        break;
      }
      String line =
          PathBytes.decode(message.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)).strip();
      log.append(log.isEmpty() ? "" : "; ").append(line.replaceFirst("^[ewi] ", ""));
    }
    throw new ErrnoException(action, (int) -result, subject, log.toString());
  }

  @Override
  default Fd fsmount(Fd context, int attributes) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return new Fd(
          (int)
              frame.call(
                  "mount",
                  context.toString(),
                  SyscallNumbers.FSMOUNT,
                  context.number(),
                  FS_CLOEXEC,
                  attributes),
          "mount of " + context);
    }
  }

  @Override
  default void mountSetattr(
      Fd mount, int flags, long set, long clear, long propagation, @Nullable Fd userNamespace)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment attributes = frame.memory(ATTR_BYTES);
      attributes.set(ValueLayout.JAVA_LONG, 0, set);
      attributes.set(ValueLayout.JAVA_LONG, 8, clear);
      attributes.set(ValueLayout.JAVA_LONG, 16, propagation);
      attributes.set(ValueLayout.JAVA_LONG, 24, userNamespace == null ? 0 : userNamespace.number());
      frame.call(
          "change mount",
          mount.toString(),
          SyscallNumbers.MOUNT_SETATTR,
          mount.number(),
          frame.string("change mount", ""),
          flags | OpenFlags.AT_EMPTY_PATH,
          attributes.address(),
          ATTR_BYTES,
          0);
    }
  }
}
