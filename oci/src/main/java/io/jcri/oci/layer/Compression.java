package io.jcri.oci.layer;

import io.jcri.oci.OciException;
import io.jcri.oci.tar.TarHeader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a tar archive is compressed, by its first bytes. Those behind zstd are known by name only.
 */
enum Compression {
  NONE(""),
  GZIP("1f8b"),
  ZSTD("28b52ffd"),
  XZ("fd377a585a00"),
  BZIP2("425a68"),
  LZ4("04224d18"),
  LZMA("5d0000"),
  LZIP("4c5a4950"),
  COMPRESS("1f9d");

  private static final int MAX_MAGIC = 6;

  private final String magic;

  /**
   * @param magic in hexadecimal digits
   */
  Compression(String magic) {
    this.magic = magic;
  }

  /**
   * What an archive that begins like this is compressed with.
   *
   * @param start its first bytes, or all; null when it is empty
   */
  static Compression of(@Nullable ByteBuffer start) {
    if (start == null || start.remaining() < 4) {
      return NONE;
    }
    byte[] first = new byte[Math.min(MAX_MAGIC, start.remaining())];
    start.get(start.position(), first);
    String hex = HexFormat.of().formatHex(first);
    for (Compression one : values()) {
      if (one != NONE && hex.startsWith(one.magic)) {
        // The first member of an archive may be called anything.
        return one.isSupported() || !isTar(start) ? one : NONE;
      }
    }
    int magic = Integer.reverseBytes(start.getInt(start.position()));
    boolean skippable = (magic & 0xfffffff0) == 0x184d2a50;
    return skippable ? ZSTD : NONE;
  }

  private static boolean isTar(ByteBuffer start) {
    if (start.remaining() < TarHeader.BLOCK) {
      return false;
    }
    byte[] block = new byte[TarHeader.BLOCK];
    start.get(start.position(), block);
    try {
      TarHeader _ = new TarHeader(block);
      return true;
    } catch (OciException e) {
      return false;
    }
  }

  private boolean isSupported() {
    return switch (this) {
      case NONE, GZIP, ZSTD -> true;
      case XZ, BZIP2, LZ4, LZMA, LZIP, COMPRESS -> false;
    };
  }

  OciException refused() {
    return new OciException(
        OciException.Kind.INVALID,
        "it is compressed with %s, which is not supported; gzip and zstd are"
            .formatted(name().toLowerCase(Locale.ROOT)));
  }
}
