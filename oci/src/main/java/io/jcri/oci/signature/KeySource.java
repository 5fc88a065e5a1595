package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Where the keys of a requirement are: files, read anew each time, or data in the policy itself.
 */
record KeySource(List<Path> files, List<Data> inline) {

  /** A key in the policy. */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Data(byte[] content) {
    static Data ofBase64(String text) {
      return new Data(Base64.getDecoder().decode(text));
    }
  }

  /** A key ring of some size, or a PEM file. */
  static final int MAX_FILE_BYTES = 1 << 20;

  static final int MAX_KEYS = 64;

  /** What was read, and its name for messages. */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Key(String name, byte[] content) {}

  /**
   * Reads all.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED naming the file that cannot be read
   */
  List<Key> read() {
    List<Key> keys = new ArrayList<>();
    for (Path file : files) {
      keys.add(new Key(file.toString(), content(file, MAX_FILE_BYTES)));
    }
    for (Data data : inline) {
      keys.add(new Key("the key in the policy", data.content));
    }
    return keys;
  }

  /**
   * Reads a file that decides what is trusted.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED
   */
  static byte[] content(Path file, int maxBytes) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(maxBytes + 1);
      if (content.length > maxBytes) {
        throw new OciException(
            Kind.SIGNATURE_VALIDATION_FAILED,
            "%s has more than %d bytes".formatted(file, maxBytes));
      }
      return content;
    } catch (IOException e) {
      throw new OciException(
          Kind.SIGNATURE_VALIDATION_FAILED,
          String.valueOf(OciException.ofIo("cannot read " + file, e).getMessage()),
          e);
    }
  }
}
