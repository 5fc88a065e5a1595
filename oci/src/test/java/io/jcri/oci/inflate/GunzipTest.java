package io.jcri.oci.inflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JDK's inflater always, ISA-L where the machine has it: both must read the same. */
class GunzipTest {

  static List<Named<Function<ChunkSource, ReadableByteChannel>>> engines() {
    List<Named<Function<ChunkSource, ReadableByteChannel>>> engines = new ArrayList<>();
    engines.add(Named.of("jdk", GunzipChannel::new));
    IsaL library = IsaL.get();
    if (library != null) {
      engines.add(Named.of("isa-l", source -> new IsaLGunzipChannel(source, library)));
    }
    return engines;
  }

  @ParameterizedTest
  @MethodSource("engines")
  void readsMembersOfAnySizeInPiecesOfAnySize(Function<ChunkSource, ReadableByteChannel> engine)
      throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      int members = 1 + random.nextInt(4);
      for (int i = 0; i < members; i++) {
        byte[] content = content(random, random.nextInt(50_000));
        plain.writeBytes(content);
        packed.writeBytes(gzip(content));
      }
      packed.writeBytes(new byte[random.nextInt(3) * random.nextInt(600)]);
      byte[] out =
          inflate(engine, packed.toByteArray(), 1 + random.nextInt(9000), 1 + random.nextInt(9000));
      assertThat(out).as("round %d", round).isEqualTo(plain.toByteArray());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyCutAndEveryFlipIsNoticed(Function<ChunkSource, ReadableByteChannel> engine)
      throws IOException {
    Random random = new Random(8);
    byte[] plain = content(random, 3000);
    byte[] whole = gzip(plain);
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertFails(() -> inflate(engine, cut, 512, 512));
    }
    for (int round = 0; round < 300; round++) {
      byte[] flipped = whole.clone();
      // Not the header: its time and system say nothing.
      int at = 10 + random.nextInt(whole.length - 10);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      try {
        // A bit that fills up the last byte of the data means nothing.
        assertThat(inflate(engine, flipped, 512, 512)).isEqualTo(plain);
      } catch (OciException e) {
        assertThat(e.kind()).isEqualTo(OciException.Kind.DATA_LOSS);
      }
    }
    assertFails(() -> inflate(engine, Tars.concat(whole, new byte[] {'x', 'y'}), 512, 512));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aHeaderWithAllItsFieldsComesInPiecesAndIsChecked(
      Function<ChunkSource, ReadableByteChannel> engine) throws IOException {
    byte[] plain = {'x', 'y'};
    byte[] header = {
      0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 0, 3, 3, 0, 'a', 'b', 'c', 'n', 0, 'c', 0
    };
    CRC32 crc = new CRC32();
    crc.update(header);
    byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
    byte[] bare = gzip(plain);
    byte[] data = Arrays.copyOfRange(bare, 10, bare.length);
    for (int piece = 1; piece < 40; piece++) {
      assertThat(inflate(engine, Tars.concat(header, sum, data), piece, 512)).isEqualTo(plain);
    }
    sum[0] ^= 1;
    assertFails(() -> inflate(engine, Tars.concat(header, sum, data), 3, 512));
  }

  private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.DATA_LOSS));
  }

  private static byte[] content(Random random, int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 'a');
    }
    return content;
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

  private static byte[] inflate(
      Function<ChunkSource, ReadableByteChannel> engine, byte[] packed, int pieceIn, int pieceOut)
      throws IOException {
    ByteBuffer all = ByteBuffer.allocateDirect(packed.length).put(packed).flip();
    ChunkSource source =
        () -> {
          int length = Math.min(pieceIn, all.remaining());
          if (length == 0) {
            return null;
          }
          ByteBuffer piece = all.slice(all.position(), length);
          all.position(all.position() + length);
          return piece;
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer target = ByteBuffer.allocateDirect(pieceOut);
    try (ReadableByteChannel channel = engine.apply(source)) {
      while (channel.read(target.clear()) >= 0) {
        byte[] some = new byte[target.flip().remaining()];
        target.get(some);
        out.writeBytes(some);
      }
    }
    return out.toByteArray();
  }
}
