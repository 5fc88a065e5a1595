package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link ProcessCalls} of the running kernel. */
interface LinuxProcessCalls extends ProcessCalls {
  int NO_HANG = 1;
  int EFD_CLOEXEC_NONBLOCK = 02004000;
  int AF_UNIX = 1;
  int SOCK_DGRAM_CLOEXEC = 02000002;
  int MSG_NOSIGNAL = 0x4000;
  int UNIX_PATH_BYTES = 108;
  int CAPABILITY_VERSION_3 = 0x20080522;
  int POLL_BYTES = 8;
  int SIG_IGN = 1;
  int SIGSET_BYTES = 8;

  /** Of the kernel's own form, on x86-64; aarch64's is shorter. */
  int SIGACTION_BYTES = 32;

  /** {@code struct timex}, and where its status lies, on both architectures. */
  int TIMEX_BYTES = 208;

  int TIMEX_STATUS = 40;
  int STA_UNSYNC = 0x40;

  @Override
  default Fd pidfdOpen(int pid) throws ErrnoException {
    try (Frame frame = new Frame()) {
      return new Fd(
          (int) frame.call("open process", "" + pid, SyscallNumbers.PIDFD_OPEN, pid, 0, 0),
          "process " + pid);
    }
  }

  @Override
  default void pidfdSendSignal(Fd pidfd, int signal) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "send signal " + signal + " to",
          pidfd.toString(),
          SyscallNumbers.PIDFD_SEND_SIGNAL,
          pidfd.number(),
          signal,
          0);
    }
  }

  @Override
  default void kill(int pid, int signal) throws ErrnoException {
    try (Frame frame = new Frame()) {
      frame.call(
          "send signal " + signal + " to process", "" + pid, SyscallNumbers.KILL, pid, signal, 0);
    }
  }

  @Override
  default Optional<WaitStatus> waitpid(int pid, boolean block) throws IOException {
    if (pid <= 0) {
      throw new IllegalArgumentException("waiting for " + pid + " would reap other children");
    }
    return block
        ? PlatformThreads.call(() -> LinuxProcessCalls.reap(pid, 0))
        : LinuxProcessCalls.reap(pid, NO_HANG);
  }

  private static Optional<WaitStatus> reap(int pid, int options) throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment status = frame.memory(8);
      long reaped =
          frame.call(
              "wait for process",
              "" + pid,
              SyscallNumbers.WAIT4,
              pid,
              status.address(),
              options,
              0);
      return reaped == 0
          ? Optional.empty()
          : Optional.of(WaitStatus.of(status.get(ValueLayout.JAVA_INT, 0)));
    }
  }

  @Override
  default int[] poll(List<Fd> files, int events, @Nullable Duration timeout) throws IOException {
    return PlatformThreads.call(() -> LinuxProcessCalls.pollOnce(files, events, timeout));
  }

  private static int[] pollOnce(List<Fd> files, int events, @Nullable Duration timeout)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment set = frame.memory(Math.max(1, files.size()) * (long) POLL_BYTES);
      for (int i = 0; i < files.size(); i++) {
        set.set(ValueLayout.JAVA_INT, i * (long) POLL_BYTES, files.get(i).number());
        set.set(ValueLayout.JAVA_SHORT, i * (long) POLL_BYTES + 4, (short) events);
      }
      long limit = 0;
      if (timeout != null) {
        // The raw call writes what is left of the time here, so that a retry waits only for that.
        MemorySegment time = frame.memory(16);
        time.set(ValueLayout.JAVA_LONG, 0, Math.max(0, timeout.toSeconds()));
        time.set(ValueLayout.JAVA_LONG, 8, timeout.isNegative() ? 0 : timeout.toNanosPart());
        limit = time.address();
      }
      frame.call(
          "poll",
          files.size() + " files",
          SyscallNumbers.PPOLL,
          set.address(),
          files.size(),
          limit,
          0);
      int[] ready = new int[files.size()];
      for (int i = 0; i < ready.length; i++) {
        ready[i] = set.get(ValueLayout.JAVA_SHORT, i * (long) POLL_BYTES + 6);
      }
      return ready;
    }
  }

  @Override
  default Fd eventfd() throws ErrnoException {
    try (Frame frame = new Frame()) {
      return new Fd(
          (int) frame.call("make", "eventfd", SyscallNumbers.EVENTFD2, 0, EFD_CLOEXEC_NONBLOCK, 0));
    }
  }

  @Override
  default void sendDatagram(String address, byte[] message) throws IOException {
    byte[] path = PathBytes.encode(address);
    if (path.length == 0 || path.length >= UNIX_PATH_BYTES) {
      throw new ErrnoException("send to", Errno.ENAMETOOLONG.number(), address);
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    long ignored = PlatformThreads.call(() -> LinuxProcessCalls.send(address, path, message));
  }

  private static long send(String address, byte[] path, byte[] message) throws ErrnoException {
    try (Frame frame = new Frame();
        Fd socket =
            new Fd(
                (int)
                    frame.call(
                        "make socket to",
                        address,
                        SyscallNumbers.SOCKET,
                        AF_UNIX,
                        SOCK_DGRAM_CLOEXEC,
                        0))) {
      MemorySegment to = frame.memory(2 + UNIX_PATH_BYTES);
      to.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, to, ValueLayout.JAVA_BYTE, 2, path.length);
      return frame.call(
          "send to",
          address,
          SyscallNumbers.SENDTO,
          socket.number(),
          frame.copyOf(message).address(),
          message.length,
          MSG_NOSIGNAL,
          to.address(),
          2 + path.length);
    }
  }

  @Override
  default int umask(int mask) {
    try (Frame frame = new Frame()) {
      return (int) frame.raw(SyscallNumbers.UMASK, mask, 0, 0, 0, 0, 0);
    }
  }

  @Override
  default boolean heed(int signal) {
    try (Frame frame = new Frame()) {
      MemorySegment action = frame.memory(SIGACTION_BYTES); // its first word is the handler
      long _ =
          frame.raw(SyscallNumbers.RT_SIGACTION, signal, 0, action.address(), SIGSET_BYTES, 0, 0);
      boolean ignored = action.get(ValueLayout.JAVA_LONG, 0) == SIG_IGN;
      if (ignored) {
        action.fill((byte) 0); // SIG_DFL, without flags
        long _ =
            frame.raw(SyscallNumbers.RT_SIGACTION, signal, action.address(), 0, SIGSET_BYTES, 0, 0);
      }
      return ignored;
    }
  }

  @Override
  default boolean clockIsSynchronised() throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment clock = frame.memory(TIMEX_BYTES); // no mode: nothing is set
      long _ = frame.call("ask", "the clock", SyscallNumbers.ADJTIMEX, clock.address(), 0, 0);
      return (clock.get(ValueLayout.JAVA_INT, TIMEX_STATUS) & STA_UNSYNC) == 0;
    }
  }

  @Override
  default long getuid() {
    try (Frame frame = new Frame()) {
      return frame.raw(SyscallNumbers.GETUID, 0, 0, 0, 0, 0, 0);
    }
  }

  @Override
  default long effectiveCapabilities() throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment header = frame.memory(8);
      header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
      // Two of {effective, permitted, inheritable}: the low and the high 32 bits.
      MemorySegment sets = frame.memory(24);
      frame.call("get", "capabilities", SyscallNumbers.CAPGET, header.address(), sets.address(), 0);
      return (sets.get(ValueLayout.JAVA_INT, 0) & 0xFFFF_FFFFL)
          | ((long) sets.get(ValueLayout.JAVA_INT, 12) << 32);
    }
  }
}
