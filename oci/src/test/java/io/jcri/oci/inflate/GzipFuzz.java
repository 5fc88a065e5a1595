package io.jcri.oci.inflate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Any bytes are gzip or an {@link OciException} of both inflaters, which agree on what they
 * inflate; deflate's 1,032 to 1 is the most that comes out.
 */
public final class GzipFuzz {

  private static final int MOST = 4 << 20;

  private GzipFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    check(input, input.length == 0 ? 1 : 1 + (input[0] & 0x7f));
    // No fuzzer guesses a checksum.
    byte[] member = member(input);
    if (member != null) {
      check(member, 1 + member.length / 2);
      assertThat(inflated(new GunzipChannel(direct(member, member.length)))).isPresent();
    }
  }

  private static void check(byte[] packed, int piece) throws IOException {
    Optional<byte[]> jdk = inflated(new GunzipChannel(direct(packed, piece)));
    Optional<byte[]> whole = inflated(new GunzipChannel(direct(packed, packed.length + 1)));
    assertThat(jdk.isPresent()).isEqualTo(whole.isPresent());
    jdk.ifPresent(out -> assertThat(out).isEqualTo(whole.get()));
    IsaL library = IsaL.get();
    if (library != null) {
      Optional<byte[]> isaL = inflated(new IsaLGunzipChannel(direct(packed, piece), library));
      assertThat(isaL.isPresent()).isEqualTo(jdk.isPresent());
      isaL.ifPresent(out -> assertThat(out).isEqualTo(jdk.get()));
    }
  }

  /** Empty when it is no gzip. */
  private static Optional<byte[]> inflated(ReadableByteChannel channel) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer target = ByteBuffer.allocateDirect(4096);
    try (channel) {
      while (out.size() < MOST && channel.read(target.clear()) >= 0) {
        byte[] some = new byte[target.flip().remaining()];
        target.get(some);
        out.writeBytes(some);
      }
      return Optional.of(Arrays.copyOf(out.toByteArray(), Math.min(out.size(), MOST)));
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.DATA_LOSS);
      return Optional.empty();
    }
  }

  /** Deflated data as a member of its own, or null when it is none. */
  private static byte @org.jspecify.annotations.Nullable [] member(byte[] deflated) {
    byte[] plain = new byte[MOST];
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(deflated);
      int length = inflater.inflate(plain);
      if (!inflater.finished()) {
        return null;
      }
      CRC32 crc = new CRC32();
      crc.update(plain, 0, length);
      byte[] trailer =
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) crc.getValue())
              .putInt(length)
              .array();
      byte[] header = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
      return Tars.concat(header, Arrays.copyOf(deflated, (int) inflater.getBytesRead()), trailer);
    } catch (DataFormatException e) {
      return null;
    }
  }

  static ChunkSource direct(byte[] all, int piece) {
    ChunkSource pieces = Tars.inPieces(all, piece);
    ByteBuffer lent = ByteBuffer.allocateDirect(piece);
    return () -> {
      ByteBuffer next = pieces.next();
      return next == null ? null : lent.clear().put(next).flip();
    };
  }
}
