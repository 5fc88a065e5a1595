package io.jcri.sandbox.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process and no other: its number and its start time, so that a number used again is not taken
 * for it. Safe to keep on disk until the next boot.
 *
 * @param pid in the daemon's pid namespace
 * @param startTime clock ticks since boot, field 22 of /proc/[pid]/stat
 */
public record ProcessId(int pid, long startTime) {
  private static final int FLAGS_AFTER_NAME = 6;
  private static final int START_TIME_AFTER_NAME = 19;
  private static final int PENDING_AFTER_NAME = 28;

  private static final long PF_EXITING = 4;
  private static final long SIGKILL_BIT = 1 << 8;

  /** USER_HZ is 100 everywhere. */
  private static final long NANOS_PER_TICK = 10_000_000;

  /** The process that has this number now, or empty when none has or only its zombie. */
  public static Optional<ProcessId> of(int pid) throws IOException {
    if (pid <= 0) {
      return Optional.empty();
    }
    return stat(pid).flatMap(stat -> parse(pid, stat));
  }

  private static Optional<String> stat(int pid) throws IOException {
    Path file = Path.of("/proc", Integer.toString(pid), "stat");
    try {
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      // A process that ends between open and read gives ESRCH, which the JDK has no type for.
      if (Files.exists(Path.of("/proc", Integer.toString(pid)))) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Whether the process with this number is dead, or will be and takes its time. */
  public static boolean dying(int pid) throws IOException {
    return stat(pid).map(ProcessId::dying).orElse(true);
  }

  static boolean dying(String stat) {
    String[] fields = fields(stat);
    return fields[0].equals("Z")
        || fields[0].equals("X")
        || (Long.parseLong(fields[FLAGS_AFTER_NAME]) & PF_EXITING) != 0
        || (Long.parseLong(fields[PENDING_AFTER_NAME]) & SIGKILL_BIT) != 0;
  }

  private static String[] fields(String stat) {
    // The name, in parentheses, may hold spaces and parentheses itself.
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  /** Reads a line of /proc/[pid]/stat; empty for a zombie. */
  static Optional<ProcessId> parse(int pid, String stat) {
    String[] fields = fields(stat);
    String state = fields[0];
    return state.equals("Z") || state.equals("X")
        ? Optional.empty()
        : Optional.of(new ProcessId(pid, Long.parseLong(fields[START_TIME_AFTER_NAME])));
  }

  /** Whether it still runs; a zombie does not. */
  public boolean alive() throws IOException {
    return of(pid).filter(this::equals).isPresent();
  }

  /** How long ago it was started, by the kernel's clock, which nobody sets. */
  public long ageNanos() throws IOException {
    String text = Files.readString(Path.of("/proc/uptime"), StandardCharsets.ISO_8859_1);
    double seconds = Double.parseDouble(text.substring(0, text.indexOf(' ')));
    return Math.max(0, (long) (seconds * 1e9) - startTime * NANOS_PER_TICK);
  }

  /**
   * Opens a descriptor of this very process, or empty when it has ended.
   *
   * <p>The number is checked after the descriptor is open: from then on it cannot be used again.
   */
  public Optional<Fd> open(Syscalls calls) throws IOException {
    Fd pidfd;
    try {
      pidfd = calls.pidfdOpen(pid);
    } catch (ErrnoException e) {
      // EINVAL and, since Linux 6.16, ENOENT: the number is now a thread of another process.
      if (e.is(Errno.ESRCH, Errno.EINVAL, Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
    try {
      if (alive()) {
        return Optional.of(pidfd);
      }
    } catch (IOException e) {
      pidfd.close();
      throw e;
    }
    pidfd.close();
    return Optional.empty();
  }

  /**
   * Signals it, never another process.
   *
   * @return false when it has ended
   */
  public boolean signal(Syscalls calls, int signal) throws IOException {
    Optional<Fd> opened = open(calls);
    if (opened.isEmpty()) {
      return false;
    }
    try (Fd pidfd = opened.get()) {
      calls.pidfdSendSignal(pidfd, signal);
      return true;
    } catch (ErrnoException e) {
      if (e.is(Errno.ESRCH)) {
        return false;
      }
      throw e;
    }
  }

  /** As {@link #signal(Syscalls, int)}, on the real kernel. */
  public boolean signal(int signal) throws IOException {
    return signal(Linux.get(), signal);
  }
}
