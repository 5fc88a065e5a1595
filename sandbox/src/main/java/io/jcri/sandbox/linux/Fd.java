package io.jcri.sandbox.linux;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An owned file descriptor, closed once. Safe to close from any thread, but a thread that closes it
 * while another uses it is a bug of the caller: the number may already name another file.
 */
public final class Fd implements AutoCloseable {
  /** The working directory, for calls that take a directory; absolute paths ignore it. */
  public static final Fd CWD = new Fd(-100, ".");

  private final int number;
  private final String base;
  private final String name;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes over {@code number}, which nobody else may close from now on. */
  public Fd(int number) {
    this(number, "fd " + number);
  }

  /** As above, with what error messages call it. */
  public Fd(int number, String name) {
    this(number, "", name);
  }

  private Fd(int number, String base, String name) {
    this.number = number;
    this.base = base;
    this.name = name;
  }

  /** What was opened as {@code path} below {@code directory}. */
  static Fd below(int number, Fd directory, String path) {
    return directory == CWD || path.startsWith("/")
        ? new Fd(number, path)
        : new Fd(number, directory.toString(), path);
  }

  /**
   * The kernel's number.
   *
   * @throws IllegalStateException when it was closed
   */
  public int number() {
    if (closed.get()) {
      throw new IllegalStateException("file descriptor " + number + " is closed");
    }
    return number;
  }

  /** A path that names the open file itself, wherever it was moved to since. */
  public String procPath() {
    return "/proc/self/fd/" + number();
  }

  /** Closes it. Never throws and never retries: on Linux the number is free even after EINTR. */
  @Override
  public void close() {
    if (number >= 0 && closed.compareAndSet(false, true)) {
      try (Frame frame = new Frame()) {
        long ignored = frame.raw(SyscallNumbers.CLOSE, number, 0, 0, 0, 0, 0);
      }
    }
  }

  /** The name it was opened by, for messages. */
  @Override
  public String toString() {
    return base.isEmpty() ? name : base + "/" + name;
  }
}
