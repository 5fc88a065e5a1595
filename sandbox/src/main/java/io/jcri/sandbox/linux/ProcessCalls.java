package io.jcri.sandbox.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Processes, waiting and the daemon's own identity. See {@link Syscalls} for the rules. */
public interface ProcessCalls {
  int SIGHUP = 1;
  int SIGINT = 2;
  int SIGKILL = 9;
  int SIGTERM = 15;

  /** poll: there is something to read, or, of a pidfd, the process has ended. */
  int POLLIN = 1;

  /** Bit of {@link #effectiveCapabilities} for CAP_SYS_ADMIN. */
  long CAP_SYS_ADMIN = 1L << 21;

  /** Bit of {@link #effectiveCapabilities} for CAP_SYS_RESOURCE, needed to lower oom_score_adj. */
  long CAP_SYS_RESOURCE = 1L << 24;

  /** A descriptor of a process; readable once it has ended. ESRCH when there is none. */
  Fd pidfdOpen(int pid) throws ErrnoException;

  /** Signals the very process that {@code pidfd} names; 0 only checks. */
  void pidfdSendSignal(Fd pidfd, int signal) throws ErrnoException;

  /** Signals a process (or a group, when negative) by number; 0 only checks. */
  void kill(int pid, int signal) throws ErrnoException;

  /**
   * Reaps one child by its number (waiting for any would steal the JVM's own children).
   *
   * @param block whether to wait for its end
   * @return its wait status, or empty when it still runs
   * @throws ErrnoException ECHILD when it is no child of this process
   */
  Optional<WaitStatus> waitpid(int pid, boolean block) throws IOException;

  /**
   * Waits until one of the files has one of {@code events}.
   *
   * @param timeout null waits for ever
   * @return for each file the events it has, all 0 on timeout; an error (8) or hang-up (16) is told
   *     unasked
   */
  int[] poll(List<Fd> files, int events, @Nullable Duration timeout) throws IOException;

  /** A counter to wake a {@link #poll} with: write 8 bytes to wake, read 8 bytes to rest. */
  Fd eventfd() throws ErrnoException;

  /**
   * Sends one datagram to a unix socket (sd_notify(3)).
   *
   * @param address a path, or a name that starts with '@' for an abstract one
   */
  void sendDatagram(String address, byte[] message) throws IOException;

  /**
   * Sets which permissions are kept from files that this process makes, for all of its threads.
   *
   * @return the mask until now
   */
  int umask(int mask);

  /**
   * Gives a signal its usual effect if whoever started this process had it ignored, as nohup(1) has
   * SIGHUP.
   *
   * @return whether it was ignored
   */
  boolean heed(int signal);

  /**
   * Whether something keeps the machine's clock right, by what it told the kernel (adjtimex(2)).
   */
  boolean clockIsSynchronised() throws ErrnoException;

  /** The daemon's real user. */
  long getuid();

  /** The daemon's effective capabilities, one bit each. */
  long effectiveCapabilities() throws ErrnoException;
}
