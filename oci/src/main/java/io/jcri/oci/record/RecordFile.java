package io.jcri.oci.record;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file of one record, replaced whole by rename. Synced by nobody: after a power cut a torn
 * record is recognised. A daemon that dies before the rename leaves a {@code .tmp}.
 *
 * @param maxBytes more are not read
 */
public record RecordFile<T extends Record>(Path path, RecordFormat<T> format, int maxBytes) {

  /** Looks at the file. Whatever is wrong with it is in the answer. */
  public RecordReading<T> read() {
    byte[] content;
    try (InputStream in = Files.newInputStream(path)) {
      content = in.readNBytes(maxBytes + 1);
    } catch (NoSuchFileException e) {
      return new RecordReading.Absent<>();
    } catch (IOException e) {
      return new RecordReading.Unreadable<>(Reasons.ofNamed(e));
    }
    return content.length > maxBytes
        ? new RecordReading.Torn<>("it has more than " + maxBytes + " bytes")
        : format.decode(content);
  }

  /**
   * Replaces the file, or leaves it as it is.
   *
   * @param content that the format has encoded
   */
  public void replace(byte[] content) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    boolean done = false;
    try {
      Files.write(temporary, content);
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(temporary);
      }
    }
  }
}
