package io.jcri.oci.inflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.jcri.oci.OciException;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ZstdChannelTest {

  private static final long MIB = 1 << 20;
  private static final long MUCH = 1L << 40;
  private static final byte[] CONTENT = {'a', 'b', 'c'};

  private final WindowRoom room = new WindowRoom(WindowRoom.BYTES);

  @Test
  void everyWindowUpToTwoGiBIsRead() throws IOException {
    for (int log = 10; log <= 31; log++) {
      assertThat(inflate(frame(log, 0), MUCH, 1)).as("2^%d", log).isEqualTo(CONTENT);
    }
    assertThat(inflate(frame(30, 7), MUCH, 100)).isEqualTo(CONTENT);
    assertThat(room.free()).isEqualTo(WindowRoom.BYTES);
  }

  @Test
  void framesOfAllKindsFollowEachOtherInPiecesOfAnySize() throws IOException {
    Random random = new Random(3);
    byte[] large = new byte[300_000];
    random.nextBytes(large);
    Arrays.fill(large, 100_000, 200_000, (byte) 7);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int round = 0; round < 5; round++) {
      byte[] content = Arrays.copyOf(large, random.nextInt(large.length));
      packed.writeBytes(frame(31 - round, round));
      packed.writeBytes(skippable(random.nextInt(30)));
      packed.writeBytes(Zstd.compress(content, 3));
      packed.writeBytes(longFrame(content));
      packed.writeBytes(Zstd.compress(new byte[0]));
      plain.writeBytes(CONTENT);
      plain.writeBytes(content);
      plain.writeBytes(content);
    }
    for (int piece : new int[] {1, 2, 5, 17, 18, 19, 1000, 1 << 20}) {
      assertThat(inflate(packed.toByteArray(), MUCH, piece))
          .as("pieces of %d", piece)
          .isEqualTo(plain.toByteArray());
    }
    assertThat(room.free()).isEqualTo(WindowRoom.BYTES);
  }

  @Test
  void aWindowCountsWithWhatCanBeInIt() throws IOException {
    // Nothing has been read of the content: only the claims count.
    assertThat(takenBy(frame(31, 0), MUCH)).isEqualTo(2048);
    assertThat(takenBy(frame(27, 0), MUCH)).isEqualTo(128);
    assertThat(takenBy(frame(23, 0), MUCH)).isZero();
    // A small layer that claims much.
    assertThat(takenBy(frame(31, 0), 64 * MIB)).isEqualTo(64);
    assertThat(takenBy(frame(31, 0), MIB)).isZero();
    // One that says how much it is.
    assertThat(takenBy(sized(31, 12 * MIB), MUCH)).isEqualTo(12);
    assertThat(takenBy(sized(31, -1), MUCH)).isEqualTo(2048);
  }

  private long takenBy(byte[] frame, long maxOutput) throws IOException {
    // More blocks may follow.
    frame[frame.length - CONTENT.length - 3] &= ~1;
    try (ZstdChannel channel = new ZstdChannel(direct(frame, frame.length), maxOutput, room)) {
      int _ = channel.read(ByteBuffer.allocateDirect(1));
      return (WindowRoom.BYTES - room.free()) / MIB;
    }
  }

  @Test
  void whoFindsNoRoomWaitsForIt() throws Exception {
    ZstdChannel first = new ZstdChannel(direct(frame(30, 1), 100), MUCH, room);
    assertThat(first.read(ByteBuffer.allocateDirect(1))).isEqualTo(1);
    CompletableFuture<byte[]> second = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              try {
                // The window of its first frame must not keep what its second one waits for.
                boolean _ =
                    second.complete(inflate(Tars.concat(frame(29, 0), frame(31, 0)), MUCH, 9));
              } catch (IOException | RuntimeException e) {
                boolean _ = second.completeExceptionally(e);
              }
            });
    while (!room.isAwaited()) {
      Thread.onSpinWait();
    }
    assertThat(room.free()).as("it holds nothing itself").isEqualTo(2048 * MIB - 1152 * MIB);
    assertThat(second).isNotDone();
    first.close();
    assertThat(second.get()).isEqualTo(Tars.concat(CONTENT, CONTENT));
    waiting.join();
    assertThat(room.free()).isEqualTo(WindowRoom.BYTES);
  }

  @Test
  void whoIsInterruptedWaitsNoLonger() throws Exception {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    try (ZstdChannel first = new ZstdChannel(direct(frame(31, 0), 100), MUCH, room)) {
      assertThat(first.read(ByteBuffer.allocateDirect(1))).isEqualTo(1);
      Thread waiting =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  boolean _ = result.complete(inflate(frame(31, 0), MUCH, 9));
                } catch (IOException e) {
                  boolean _ = result.completeExceptionally(e);
                }
              });
      while (!room.isAwaited()) {
        Thread.onSpinWait();
      }
      waiting.interrupt();
      assertThatThrownBy(result::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedIOException.class);
      waiting.join();
    }
    assertThat(room.free()).isEqualTo(WindowRoom.BYTES);
  }

  @Test
  void whatNeverFitsIsRefused() {
    assertRefused(frame(31, 1), room, OciException.Kind.INVALID, "2415919104", "2147483648");
    assertRefused(frame(41, 7), room, OciException.Kind.INVALID, "2147483648");
    WindowRoom small = new WindowRoom(100 * MIB);
    assertRefused(
        frame(27, 0), small, OciException.Kind.RESOURCE_EXHAUSTED, "134217728", "104857600");
    assertThat(small.free()).isEqualTo(100 * MIB);
  }

  private static void assertRefused(
      byte[] frame, WindowRoom room, OciException.Kind kind, String... parts) {
    assertThatThrownBy(() -> inflate(frame, MUCH, 9, room))
        .isInstanceOfSatisfying(OciException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(parts);
  }

  @Test
  void everyCutIsNoticed() {
    byte[] whole = sized(31, 3);
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> inflate(cut, MUCH, 4))
          .isInstanceOfSatisfying(
              OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.DATA_LOSS));
    }
  }

  private byte[] inflate(byte[] packed, long maxOutput, int piece) throws IOException {
    return inflate(packed, maxOutput, piece, room);
  }

  private static byte[] inflate(byte[] packed, long maxOutput, int piece, WindowRoom room)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer target = ByteBuffer.allocateDirect(4096);
    try (ZstdChannel channel = new ZstdChannel(direct(packed, piece), maxOutput, room)) {
      while (channel.read(target.clear()) >= 0) {
        byte[] some = new byte[target.flip().remaining()];
        target.get(some);
        out.writeBytes(some);
      }
    }
    return out.toByteArray();
  }

  private static ChunkSource direct(byte[] all, int piece) {
    ChunkSource pieces = Tars.inPieces(all, piece);
    ByteBuffer lent = ByteBuffer.allocateDirect(piece);
    return () -> {
      ByteBuffer next = pieces.next();
      return next == null ? null : lent.clear().put(next).flip();
    };
  }

  /** A frame of one raw block whose window is 2^log and some eighths of that. */
  private static byte[] frame(int log, int eighths) {
    return frame(0, (log - 10) << 3 | eighths, new byte[0]);
  }

  /** The same with its content's size, true or not. */
  private static byte[] sized(int log, long content) {
    ByteBuffer size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(content);
    return frame(0xc0, (log - 10) << 3, size.array());
  }

  private static byte[] frame(int descriptor, int window, byte[] size) {
    byte[] magic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    byte[] block = {(byte) (CONTENT.length << 3 | 1), 0, 0};
    return Tars.concat(magic, new byte[] {(byte) descriptor, (byte) window}, size, block, CONTENT);
  }

  private static byte[] skippable(int length) {
    byte[] start = {0x5a, 0x2a, 0x4d, 0x18, (byte) length, 0, 0, 0};
    return Tars.concat(start, new byte[length]);
  }

  /** As {@code zstd --long=28} makes it of what it does not know the size of. */
  private static byte[] longFrame(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(packed, 1).setLong(28)) {
      out.write(content);
    }
    return packed.toByteArray();
  }
}
