package io.jcri.sandbox.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * The native memory of one system call: its arguments, its result and errno. One downcall handle,
 * libc's {@code long syscall(long, ...)}, serves them all, since each further shape would cost the
 * daemon's start a few milliseconds. Used by one thread, closed after the call.
 */
final class Frame implements AutoCloseable {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG),
              Linker.Option.captureCallState("errno"),
              Linker.Option.firstVariadicArg(1));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);

  /** Zeroed memory that lives as long as this frame. */
  MemorySegment memory(long bytes) {
    return arena.allocate(bytes, 8);
  }

  /**
   * The address of a NUL-terminated copy of {@code text}.
   *
   * @throws ErrnoException EINVAL when it holds a NUL, which would silently name another file
   */
  long string(String action, String text) throws ErrnoException {
    if (text.indexOf('\0') >= 0) {
      throw new ErrnoException(action, Errno.EINVAL.number(), text.replace("\0", "\\0"));
    }
    byte[] bytes = PathBytes.encode(text);
    MemorySegment copy = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return copy.address();
  }

  /** As {@link #string}, with null for "no argument". */
  long stringOrNull(String action, @Nullable String text) throws ErrnoException {
    return text == null ? 0 : string(action, text);
  }

  /** The address of memory of the caller, who must keep it reachable until the call is over. */
  static long addressOf(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("the kernel cannot reach a segment of the heap");
    }
    return segment.address();
  }

  /** The NUL-terminated name at an offset. */
  static String name(MemorySegment memory, long offset) {
    long end = offset;
    while (memory.get(ValueLayout.JAVA_BYTE, end) != 0) {
      end++;
    }
    byte[] bytes = memory.asSlice(offset, end - offset).toArray(ValueLayout.JAVA_BYTE);
    return PathBytes.decode(bytes);
  }

  /** A native copy of {@code bytes}. */
  MemorySegment copyOf(byte[] bytes) {
    MemorySegment copy = arena.allocate(Math.max(1, bytes.length));
    MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return copy.asSlice(0, bytes.length);
  }

  /** The call's result, or {@code -errno} as the kernel itself says it. */
  long raw(int number, long a, long b, long c, long d, long e, long f) {
    try {
      long result = (long) SYSCALL.invokeExact(state, (long) number, a, b, c, d, e, f);
      return result == -1 ? -(long) state.get(ValueLayout.JAVA_INT, ERRNO) : result;
    } catch (RuntimeException | Error e2) {
      throw e2;
    } catch (Throwable t) {
      throw new LinkageError("syscall " + number + " cannot be called", t);
    } finally {
      // The arguments are bare addresses: this keeps what they point to from being freed.
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The call's result; retried while a signal interrupts it.
   *
   * @throws ErrnoException when the kernel refuses
   */
  long call(
      String action, String subject, int number, long a, long b, long c, long d, long e, long f)
      throws ErrnoException {
    long result;
    do {
      result = raw(number, a, b, c, d, e, f);
    } while (result == -Errno.EINTR.number());
    if (result < 0) {
      throw new ErrnoException(action, (int) -result, subject);
    }
    return result;
  }

  long call(String action, String subject, int number, long a, long b, long c, long d)
      throws ErrnoException {
    return call(action, subject, number, a, b, c, d, 0, 0);
  }

  long call(String action, String subject, int number, long a, long b, long c)
      throws ErrnoException {
    return call(action, subject, number, a, b, c, 0, 0, 0);
  }

  @Override
  public void close() {
    arena.close();
  }
}
