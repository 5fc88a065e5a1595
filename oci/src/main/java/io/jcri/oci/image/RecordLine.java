package io.jcri.oci.image;

import io.jcri.oci.BulkInputStream;
import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The first line of a record's file as a stream: the record, of which nothing has to be held. */
final class RecordLine extends BulkInputStream {

  private static final int BUFFER = 64 << 10;
  private static final int CHECKSUM = 64;

  private final InputStream in;
  private boolean ended;

  private RecordLine(InputStream in) {
    this.in = in;
  }

  static RecordLine open(Path file) throws IOException {
    return new RecordLine(new BufferedInputStream(Files.newInputStream(file), BUFFER));
  }

  /**
   * Reads the file once and compares its two lines.
   *
   * @throws OciException DATA_LOSS when the second is not the checksum of the first
   */
  static void verify(Path file) throws IOException {
    MessageDigest hash = Digest.newSha256();
    byte[] sum;
    try (RecordLine line = open(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = line.read(buffer); n >= 0; n = line.read(buffer)) {
        hash.update(buffer, 0, n);
      }
      sum = line.in.readNBytes(CHECKSUM + 2);
    }
    String wanted = HexFormat.of().formatHex(hash.digest());
    if (!new String(sum, StandardCharsets.US_ASCII).strip().equals(wanted)) {
      throw new OciException(OciException.Kind.DATA_LOSS, "its checksum does not match");
    }
  }

  /** Looks for the line's end in what was read, and puts back what is behind it. */
  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (ended || length == 0) {
      return ended ? -1 : 0;
    }
    int wanted = Math.min(length, BUFFER);
    in.mark(wanted);
    int count = in.read(target, from, wanted);
    for (int i = 0; i < count; i++) {
      if (target[from + i] == '\n') {
        in.reset();
        in.skipNBytes(i + 1L);
        ended = true;
        return i == 0 ? -1 : i;
      }
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
