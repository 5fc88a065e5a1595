package io.jcri.it.kit;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A layer as a registry stores it.
 *
 * @param diffId the digest of the archive before compression
 * @param annotations of its descriptor
 */
public record Layer(
    Compression compression, String diffId, Blob blob, Map<String, String> annotations) {
  Layer(Compression compression, String diffId, Blob blob) {
    this(compression, diffId, blob, Map.of());
  }

  /** Returns this layer with annotations. */
  public Layer annotated(Map<String, String> with) {
    return new Layer(compression, diffId, blob, with);
  }

  /** How the archive is packed. */
  public enum Compression {
    NONE,
    GZIP,
    ZSTD;

    OutputStream over(OutputStream out) throws IOException {
      return switch (this) {
        case NONE -> out;
        case GZIP -> new GZIPOutputStream(out, 1 << 16);
        case ZSTD -> new ZstdOutputStream(out);
      };
    }
  }

  /** Fills an archive. */
  @FunctionalInterface
  public interface Content {
    void writeTo(TarWriter tar) throws IOException;
  }

  /** A gzip layer of these members. */
  public static Layer of(TarEntry... entries) throws IOException {
    return of(Compression.GZIP, entries);
  }

  /** A layer of these members. */
  public static Layer of(Compression compression, TarEntry... entries) throws IOException {
    return of(compression, List.of(entries));
  }

  /** A layer of these members. */
  public static Layer of(Compression compression, List<TarEntry> entries) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    String diffId =
        write(
            compression,
            packed,
            tar -> {
              for (TarEntry entry : entries) {
                tar.add(entry);
              }
            });
    return new Layer(compression, diffId, Blob.of(packed.toByteArray()));
  }

  /** A layer too large for memory, kept in {@code file}. */
  public static Layer inFile(Path file, Compression compression, Content content)
      throws IOException {
    String diffId;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      diffId = write(compression, out, content);
    }
    return new Layer(compression, diffId, Blob.of(file));
  }

  /** A layer whose bytes are given as they are, be they an archive or not. */
  public static Layer raw(Compression compression, String diffId, byte[] packed) {
    return new Layer(compression, diffId, Blob.of(packed));
  }

  private static String write(Compression compression, OutputStream out, Content content)
      throws IOException {
    MessageDigest digest = Blob.sha256();
    try (TarWriter tar = new TarWriter(new DigestOutputStream(compression.over(out), digest))) {
      content.writeTo(tar);
    }
    return Blob.sha256Name(digest.digest());
  }
}
