package io.jcri.sandbox.linux;

import java.io.IOException;

/**
 * A system call that the kernel refused. The message reads {@code cannot <action> <subject>: EBUSY
 * (Device or resource busy)}.
 */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1;

  private final String action;
  private final int errno;
  private final String subject;

  /**
   * Makes the exception.
   *
   * @param action what was tried, as a verb: {@code unmount}
   * @param errno the kernel's number, positive
   * @param subject the path, process or other object it was tried on
   */
  public ErrnoException(String action, int errno, String subject) {
    this(action, errno, subject, "");
  }

  /** As above, with what the kernel itself said about it (a mount context's log), if anything. */
  public ErrnoException(String action, int errno, String subject, String detail) {
    super(
        "cannot "
            + action
            + " "
            + subject
            + ": "
            + Errno.describe(errno)
            + (detail.isEmpty() ? "" : ": " + detail));
    this.action = action;
    this.errno = errno;
    this.subject = subject;
  }

  /** What was tried, as a verb. */
  public String action() {
    return action;
  }

  /** The kernel's number, positive. */
  public int errno() {
    return errno;
  }

  /** What it was tried on. */
  public String subject() {
    return subject;
  }

  /** Whether the kernel's reason is one of these. */
  public boolean is(Errno first, Errno... others) {
    if (errno == first.number()) {
      return true;
    }
    for (Errno other : others) {
      if (errno == other.number()) {
        return true;
      }
    }
    return false;
  }
}
