package io.jcri.daemon.imports;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of an archive to be.
 *
 * @param digest of its content, if all is well
 * @param size in bytes
 * @param content gives it, each time from its start; whoever opens it closes it
 */
public record StoredFile(Digest digest, long size, Content content) {

  /** What is in the file. */
  @FunctionalInterface
  public interface Content {
    InputStream open() throws IOException;
  }

  /** Bytes that lie in a file of their own. */
  public static StoredFile of(Digest digest, Path file) throws IOException {
    return new StoredFile(digest, Files.size(file), () -> Files.newInputStream(file));
  }

  /**
   * Reads a document.
   *
   * @throws ImportException when it is larger than the limit, or not what its digest says
   */
  public byte[] read(int limit) throws IOException {
    if (size > limit) {
      throw new ImportException("%s has %d bytes, the limit is %d".formatted(digest, size, limit));
    }
    byte[] bytes;
    try (InputStream in = content.open()) {
      bytes = in.readNBytes(limit + 1);
    } catch (OciException e) {
      throw new ImportException(String.valueOf(e.getMessage()), e);
    }
    if (!digest.matches(digest.newHash().digest(bytes))) {
      throw new ImportException("the content of " + digest + " is not that of its digest");
    }
    return bytes;
  }
}
