package io.jcri.daemon.imports.storage;

import io.jcri.daemon.imports.ImportException;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.PathBytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What a tar archive was made of (github.com/vbatts/tar-split, tar/storage/entry.go): a JSON object
 * a line, for bytes that stand in it, and for files whose content is elsewhere. Not thread-safe.
 */
final class TarSplit implements Closeable {
  private static final int BUFFER = 64 << 10;

  /** A line holds an archive's bytes between two files: headers, with extended attributes. */
  private static final int MOST_LINE = 16 << 20;

  private static final int FILE = 1;
  private static final int SEGMENT = 2;

  private record Line(
      int type,
      @Nullable String name,
      @Json.Name("name_raw") @Nullable String rawName,
      long size,
      @Nullable String payload) {}

  /** A part of an archive. */
  sealed interface Part permits Bytes, Content {
    long size();
  }

  /** Bytes as they stand. */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] bytes) implements Part {
    @Override
    public long size() {
      return bytes.length;
    }
  }

  /**
   * A file's content.
   *
   * @param name as {@link PathBytes} has it
   * @param sum of the content, CRC-64 as {@link Crc64} has it
   */
  record Content(String name, long size, Optional<Long> sum) implements Part {}

  private final Path file;
  private final InputStream in;

  TarSplit(Path file) throws IOException {
    this.file = file;
    InputStream raw = Files.newInputStream(file);
    try {
      this.in = new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER);
    } catch (IOException e) {
      raw.close();
      throw damaged(e.getMessage(), e);
    }
  }

  /**
   * Reads the next part.
   *
   * @return null at the end
   * @throws ImportException when the file is damaged
   */
  @Nullable Part next() throws IOException {
    while (true) {
      byte[] bytes = line();
      if (bytes == null) {
        return null;
      }
      Part part = part(bytes);
      // An empty file has no content and no sum.
      if (part.size() > 0) {
        return part;
      }
    }
  }

  private byte @Nullable [] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try {
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          return line.size() == 0 ? null : line.toByteArray();
        }
        if (line.size() == MOST_LINE) {
          throw damaged("a line has more than " + MOST_LINE + " bytes", null);
        }
        line.write(next);
      }
    } catch (EOFException | ZipException e) {
      throw damaged(e.getMessage(), e);
    }
    return line.toByteArray();
  }

  private Part part(byte[] bytes) throws IOException {
    try {
      Line line = Json.parse(bytes, Line.class, MOST_LINE);
      byte[] payload = line.payload == null ? new byte[0] : decoded(line.payload);
      return switch (line.type) {
        case SEGMENT -> new Bytes(payload);
        case FILE -> new Content(name(line), Math.max(0, line.size), sum(payload));
        default -> throw damaged("it has entries of type " + line.type, null);
      };
    } catch (OciException | IllegalArgumentException e) {
      throw damaged(e.getMessage(), e);
    }
  }

  private static String name(Line line) {
    // Go writes names that are no text a second time.
    return line.rawName != null
        ? PathBytes.decode(decoded(line.rawName))
        : line.name == null ? "" : line.name;
  }

  private static Optional<Long> sum(byte[] payload) {
    return payload.length == Long.BYTES
        ? Optional.of(ByteBuffer.wrap(payload).getLong())
        : Optional.empty();
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private ImportException damaged(@Nullable String how, @Nullable Throwable cause) {
    return new ImportException(file + " is damaged: " + how, cause);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
