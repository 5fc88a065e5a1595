package io.jcri.oci.distribution.config;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads what the node's operator wrote: bounded, since parsers take many times the text. */
public final class OperatorFile {

  private OperatorFile() {}

  /**
   * A whole file.
   *
   * @param most bytes
   * @throws OciException FAILED_PRECONDITION, naming the file, when it cannot be read or has more
   */
  public static byte[] bytes(Path file, int most) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) {
        throw new IOException("it has more than " + most + " bytes");
      }
      return content;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The same as text. */
  static String text(Path file, int most) {
    return new String(bytes(file, most), StandardCharsets.UTF_8);
  }

  static OciException unreadable(Path file, IOException e) {
    return new OciException(
        OciException.Kind.FAILED_PRECONDITION,
        "cannot read " + file + ": " + Reasons.ofNamed(e),
        e);
  }
}
