package io.jcri.it.kit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Bytes with their digest, in memory or (a layer of a gigabyte) in a file that must stay as it is.
 *
 * @param digest such as {@code sha256:0123…}
 * @param size in bytes
 */
public record Blob(String digest, long size, Source source) {
  /** Where the bytes are; may be opened any number of times. */
  @FunctionalInterface
  public interface Source {
    InputStream open() throws IOException;
  }

  /** Bytes in memory. */
  public static Blob of(byte[] content) {
    return new Blob(
        sha256Name(sha256().digest(content)),
        content.length,
        () -> new ByteArrayInputStream(content));
  }

  /** Bytes in a file. */
  public static Blob of(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file);
        OutputStream sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      in.transferTo(sink);
    }
    return new Blob(
        sha256Name(digest.digest()), Files.size(file), () -> Files.newInputStream(file));
  }

  /** Returns all bytes; for small blobs. */
  public byte[] bytes() throws IOException {
    try (InputStream in = source.open()) {
      return in.readAllBytes();
    }
  }

  /** Returns the digest without its algorithm. */
  public String hex() {
    return digest.substring(digest.indexOf(':') + 1);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static String sha256Name(byte[] digest) {
    return "sha256:" + HexFormat.of().formatHex(digest);
  }
}
