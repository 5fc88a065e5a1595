package io.jcri.oci.tar;

import io.jcri.oci.BulkInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A blob as the archive of a layer that has nothing but it as a file, root's and with the times of
 * 1970, in the directories of its path. Reads the blob to its end and does not close it. Not
 * thread-safe.
 */
public final class FileAsTar extends BulkInputStream {

  private static final int END = 2 * TarHeader.BLOCK;

  private final Iterator<InputStream> parts;
  private InputStream part;

  /**
   * @param path as {@link EntryPath} has it
   * @param size that the blob has, no more and no less
   */
  public FileAsTar(String path, InputStream blob, long size) throws IOException {
    int padding = (int) (-size & (TarHeader.BLOCK - 1));
    this.parts =
        List.of(
                new ByteArrayInputStream(before(path, size)),
                blob,
                new ByteArrayInputStream(new byte[padding + END]))
            .iterator();
    this.part = parts.next();
  }

  private static byte[] before(String path, long size) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes)) {
      tar.begin(entry(TarEntry.Type.DIRECTORY, "./", 0755, 0));
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        tar.begin(entry(TarEntry.Type.DIRECTORY, path.substring(0, slash + 1), 0755, 0));
      }
      tar.begin(entry(TarEntry.Type.FILE, path, 0644, size));
    }
    return bytes.toByteArray();
  }

  private static TarEntry entry(TarEntry.Type type, String name, int mode, long size) {
    return new TarEntry(type, name, "", mode, 0, 0, size, 0, 0, 0, 0, Map.of(), false);
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count = part.read(target, from, length);
    while (count < 0 && parts.hasNext()) {
      part = parts.next();
      count = part.read(target, from, length);
    }
    return count;
  }
}
