package io.jcri.oci.inflate;

import io.jcri.oci.OciException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Intel's ISA-L, where the machine has it (Debian package libisal2): inflates gzip about twice as
 * fast as the JDK, and inflating is most of a pull's work. Used only after it has passed a test in
 * this process, since the layout of its state (struct inflate_state of isa-l/igzip_lib.h, unchanged
 * since 2.20) is written down here and not taken from a header.
 */
public final class IsaL {

  private static final Logger LOG = LoggerFactory.getLogger(IsaL.class);

  private static final int NEXT_OUT = 0;
  private static final int AVAIL_OUT = 8;
  private static final int NEXT_IN = 16;
  private static final int AVAIL_IN = 32;
  private static final int BLOCK_STATE = 21160;
  private static final int CRC_FLAG = 21172;

  /**
   * The state has 87,368 bytes; more, so that another version cannot write beyond it before the
   * test tells.
   */
  private static final int STATE_BYTES = 256 << 10;

  /**
   * Data and trailer of a member (ISAL_GZIP_NO_HDR_VER). The library's own reader of headers, up to
   * 2.30 at least, takes one with a name or other fields for broken unless it comes in one piece.
   */
  private static final int GZIP_WITHOUT_HEADER = 6;

  private static final int BLOCK_FINISH = 5;
  private static final int INVALID_BLOCK = -1;

  private final MethodHandle init;
  private final MethodHandle reset;
  private final MethodHandle inflate;

  private IsaL(SymbolLookup library) {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor toVoid = FunctionDescriptor.ofVoid(ValueLayout.ADDRESS);
    this.init = linker.downcallHandle(library.findOrThrow("isal_inflate_init"), toVoid);
    this.reset = linker.downcallHandle(library.findOrThrow("isal_inflate_reset"), toVoid);
    this.inflate =
        linker.downcallHandle(
            library.findOrThrow("isal_inflate"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  /** The library, or null where there is none that works. */
  public static @Nullable IsaL get() {
    return Holder.INSTANCE;
  }

  private static final class Holder {
    static final @Nullable IsaL INSTANCE = load();
  }

  private static @Nullable IsaL load() {
    try {
      IsaL library = new IsaL(SymbolLookup.libraryLookup("libisal.so.2", Arena.global()));
      if (library.works()) {
        return library;
      }
      LOG.warn("libisal.so.2 does not inflate as expected, the JDK does it");
    } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
      LOG.debug("no libisal.so.2, the JDK inflates");
    }
    return null;
  }

  /** Inflates two members in small steps. */
  private boolean works() {
    byte[] text = new byte[200_000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ("the quick brown fox".charAt(i % 19) + ((i * 7919) >> 13) % 5);
    }
    ByteBuffer packed = ByteBuffer.allocateDirect(text.length * 2);
    packed.put(gzip(text)).put(gzip("two".getBytes(StandardCharsets.US_ASCII))).flip();
    ByteBuffer in = packed.duplicate().limit(0);
    ChunkSource source =
        () -> {
          in.limit(Math.min(packed.limit(), in.position() + 1000));
          return in.hasRemaining() ? in : null;
        };
    ByteBuffer out = ByteBuffer.allocateDirect(text.length + 100);
    try (IsaLGunzipChannel channel = new IsaLGunzipChannel(source, this)) {
      int length;
      do {
        ByteBuffer some = out.duplicate().limit(Math.min(out.capacity(), out.position() + 3000));
        length = some.hasRemaining() ? channel.read(some) : -1;
        out.position(some.position());
      } while (length >= 0);
      byte[] result = new byte[out.flip().remaining()];
      out.get(result);
      byte[] expected = Arrays.copyOf(text, text.length + 3);
      System.arraycopy(new byte[] {'t', 'w', 'o'}, 0, expected, text.length, 3);
      return Arrays.equals(result, expected);
    } catch (IOException | OciException e) {
      return false;
    }
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Data of one gzip member after another, with its checksum, behind its header. Not thread-safe.
   */
  final class Stream implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(STATE_BYTES, 16);

    Stream() {
      call(init);
      state.set(ValueLayout.JAVA_INT, CRC_FLAG, GZIP_WITHOUT_HEADER);
    }

    /**
     * Inflates what it can; moves both positions.
     *
     * @param in outside the heap
     * @param out outside the heap
     * @return 0, or the library's error number
     */
    int inflate(ByteBuffer in, ByteBuffer out) {
      MemorySegment input = MemorySegment.ofBuffer(in);
      MemorySegment output = MemorySegment.ofBuffer(out);
      state.set(ValueLayout.ADDRESS, NEXT_IN, input);
      state.set(ValueLayout.JAVA_INT, AVAIL_IN, in.remaining());
      state.set(ValueLayout.ADDRESS, NEXT_OUT, output);
      state.set(ValueLayout.JAVA_INT, AVAIL_OUT, out.remaining());
      int result;
      try {
        result = (int) inflate.invokeExact(state);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new LinkageError("isal_inflate cannot be called", e);
      } finally {
        java.lang.ref.Reference.reachabilityFence(in);
        java.lang.ref.Reference.reachabilityFence(out);
      }
      int inLeft = state.get(ValueLayout.JAVA_INT, AVAIL_IN);
      int outLeft = state.get(ValueLayout.JAVA_INT, AVAIL_OUT);
      if (inLeft < 0 || inLeft > in.remaining() || outLeft < 0 || outLeft > out.remaining()) {
        // Of damaged data it may have taken a byte more than there was.
        return result == 0 ? INVALID_BLOCK : result;
      }
      in.position(in.limit() - inLeft);
      out.position(out.limit() - outLeft);
      return result;
    }

    boolean isFinished() {
      return state.get(ValueLayout.JAVA_INT, BLOCK_STATE) == BLOCK_FINISH;
    }

    /** Gets ready for the next member. */
    void reset() {
      call(reset);
      state.set(ValueLayout.JAVA_INT, CRC_FLAG, GZIP_WITHOUT_HEADER);
    }

    @Override
    public void close() {
      arena.close();
    }

    private void call(MethodHandle function) {
      try {
        function.invokeExact(state);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new LinkageError("isa-l cannot be called", e);
      }
    }
  }
}
