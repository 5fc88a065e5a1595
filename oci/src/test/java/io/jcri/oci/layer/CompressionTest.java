package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.tar.Tars;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompressionTest {

  /** The first bytes of what the tools of these names write. */
  private static final Map<Compression, String> WRITTEN =
      Map.of(
          Compression.GZIP, "1f8b0800000000000003",
          Compression.ZSTD, "28b52ffd0458",
          Compression.XZ, "fd377a585a000004e6d6b446",
          Compression.BZIP2, "425a683931415926535959a7",
          Compression.LZ4, "04224d186440a7",
          Compression.LZMA, "5d00008000ffffffff",
          Compression.LZIP, "4c5a495001",
          Compression.COMPRESS, "1f9d9061");

  @Test
  void isToldByTheFirstBytes() {
    WRITTEN.forEach(
        (compression, hex) -> assertThat(of(HexFormat.of().parseHex(hex))).isEqualTo(compression));
    assertThat(of(HexFormat.of().parseHex("502a4d1804000000"))).isEqualTo(Compression.ZSTD);
    assertThat(of(new byte[0])).isEqualTo(Compression.NONE);
    assertThat(of(new byte[10240])).isEqualTo(Compression.NONE);
    assertThat(Compression.of(null)).isEqualTo(Compression.NONE);
  }

  @Test
  void aFileMayBeCalledLikeOne() {
    for (String name : new String[] {"BZh9", "BZhere.txt", "LZIP"}) {
      byte[] archive = new Tars().file(name, "x").build();
      assertThat(of(archive)).as(name).isEqualTo(Compression.NONE);
    }
  }

  private static Compression of(byte[] start) {
    // Not at the beginning of its buffer.
    return Compression.of(ByteBuffer.wrap(Tars.concat(new byte[3], start)).position(3));
  }
}
