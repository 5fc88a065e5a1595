package io.jcri.sandbox.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A terminal that passes on each key as it is pressed and shows nothing by itself, until it is
 * closed; it then is as it was. Closing twice does nothing more.
 */
public final class TerminalMode implements AutoCloseable {
  private static final int TCGETS = 0x5401;
  private static final int TCSETSW = 0x5403;
  private static final int TIOCGWINSZ = 0x5413;

  /** {@code struct termios} of the kernel: four sets of flags, the line, 19 characters. */
  private static final int BYTES = 36;

  private static final int INPUT = 0;
  private static final int OUTPUT = 4;
  private static final int LOCAL = 12;
  private static final int MINIMUM = 17 + 6;
  private static final int TIME = 17 + 5;

  /** IGNBRK, BRKINT, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON. */
  private static final int RAW_INPUT = 0x5eb;

  private static final int OPOST = 1;

  private static final int ISIG = 1;
  private static final int ICANON = 2;
  private static final int ECHO = 8;
  private static final int ECHONL = 0x40;
  private static final int IEXTEN = 0x8000;

  /** A terminal's size in characters. */
  public record Size(int columns, int rows) {}

  private final int descriptor;
  private final byte[] before;
  private boolean closed;

  private TerminalMode(int descriptor, byte[] before) {
    this.descriptor = descriptor;
    this.before = before;
  }

  /**
   * Sends every key to the reader, those that make signals too, as cfmakeraw(3).
   *
   * @throws ErrnoException ENOTTY when the descriptor is none of a terminal
   */
  public static TerminalMode raw(int descriptor) throws ErrnoException {
    return change(descriptor, RAW_INPUT, OPOST, ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  }

  /**
   * As {@link #raw}, but the keys that make signals still make them and output is as before.
   *
   * @throws ErrnoException ENOTTY when the descriptor is none of a terminal
   */
  public static TerminalMode keys(int descriptor) throws ErrnoException {
    return change(descriptor, 0, 0, ECHO | ICANON);
  }

  private static TerminalMode change(int descriptor, int input, int output, int local)
      throws ErrnoException {
    try (Frame frame = new Frame()) {
      MemorySegment mode = frame.memory(BYTES);
      long _ = ioctl(frame, descriptor, TCGETS, mode);
      byte[] before = mode.toArray(ValueLayout.JAVA_BYTE);
      clear(mode, INPUT, input);
      clear(mode, OUTPUT, output);
      clear(mode, LOCAL, local);
      mode.set(ValueLayout.JAVA_BYTE, MINIMUM, (byte) 1);
      mode.set(ValueLayout.JAVA_BYTE, TIME, (byte) 0);
      long _ = ioctl(frame, descriptor, TCSETSW, mode);
      return new TerminalMode(descriptor, before);
    }
  }

  private static void clear(MemorySegment mode, int at, int bits) {
    mode.set(ValueLayout.JAVA_INT, at, mode.get(ValueLayout.JAVA_INT, at) & ~bits);
  }

  private static long ioctl(Frame frame, int descriptor, int request, MemorySegment argument)
      throws ErrnoException {
    return frame.call(
        "set up", "terminal", SyscallNumbers.IOCTL, descriptor, request, Frame.addressOf(argument));
  }

  /** How large a terminal is; empty when the descriptor is none of a terminal. */
  public static Optional<Size> size(int descriptor) {
    try (Frame frame = new Frame()) {
      MemorySegment size = frame.memory(8);
      long _ = ioctl(frame, descriptor, TIOCGWINSZ, size);
      return Optional.of(
          new Size(
              Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)),
              Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 0))));
    } catch (ErrnoException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() throws ErrnoException {
    if (closed) {
      return;
    }
    closed = true;
    try (Frame frame = new Frame()) {
      long _ = ioctl(frame, descriptor, TCSETSW, frame.copyOf(before));
    }
  }
}
