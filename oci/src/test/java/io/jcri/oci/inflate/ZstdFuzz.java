package io.jcri.oci.inflate;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.jcri.oci.OciException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Any bytes are zstd or an {@link OciException}, the same in pieces of any size, with no more
 * memory than there is room for; of a frame's header jcri and the library read the same.
 */
public final class ZstdFuzz {

  private static final int MOST = 4 << 20;
  private static final long ROOM = 64 << 20;

  private ZstdFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    ZstdFrame frame = ZstdFrame.read(ByteBuffer.wrap(input));
    assertThat(frame.window()).isNotNegative();
    assertThat(frame.content()).isNotNegative();
    long told = input.length == 0 ? 0 : Zstd.getFrameContentSize(input);
    if (frame.window() > 0 && told > 0) {
      assertThat(frame.content()).isEqualTo(told);
    }
    WindowRoom room = new WindowRoom(ROOM);
    Optional<byte[]> whole = inflated(input, input.length + 1, room);
    Optional<byte[]> pieces = inflated(input, input.length == 0 ? 1 : 1 + (input[0] & 0x1f), room);
    assertThat(pieces.isPresent()).isEqualTo(whole.isPresent());
    pieces.ifPresent(out -> assertThat(out).isEqualTo(whole.get()));
    assertThat(room.free()).isEqualTo(ROOM);
  }

  /** Empty when it is no zstd. */
  private static Optional<byte[]> inflated(byte[] packed, int piece, WindowRoom room)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer target = ByteBuffer.allocateDirect(4096);
    try (ZstdChannel channel = new ZstdChannel(GzipFuzz.direct(packed, piece), MOST, room)) {
      while (out.size() < MOST && channel.read(target.clear()) >= 0) {
        byte[] some = new byte[target.flip().remaining()];
        target.get(some);
        out.writeBytes(some);
      }
      return Optional.of(Arrays.copyOf(out.toByteArray(), Math.min(out.size(), MOST)));
    } catch (OciException e) {
      return Optional.empty();
    }
  }
}
