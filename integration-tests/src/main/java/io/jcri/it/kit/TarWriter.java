package io.jcri.it.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Writes ustar members, with a PAX header before one that does not fit (a long name, an id above
 * 2097151, part of a second, extended attributes).
 *
 * <p>Of its own, so that it can also write what no tool would: the layers that a hostile image is
 * made of. Checks nothing for that reason. Not thread-safe.
 */
public final class TarWriter implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final long LARGEST_ID = 07777777;

  private final OutputStream out;

  /** Writes to {@code out}, which {@link #close} closes. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Appends a member. */
  public void add(TarEntry entry) throws IOException {
    writePax(entry);
    writeHeader(entry.type().flag(), entry.path(), entry.link(), entry, entry.size());
    try (InputStream in = entry.content().open()) {
      long copied = in.transferTo(out);
      if (copied != entry.size()) {
        throw new IOException(
            "content of %s has %d bytes, not %d".formatted(entry.path(), copied, entry.size()));
      }
    }
    pad(entry.size());
  }

  /** Writes the two empty blocks that end an archive, and closes the stream. */
  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.close();
  }

  private void writePax(TarEntry entry) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    if (utf8(entry.path()).length > 100) {
      record(records, "path", utf8(entry.path()));
    }
    if (utf8(entry.link()).length > 100) {
      record(records, "linkpath", utf8(entry.link()));
    }
    if (entry.uid() > LARGEST_ID) {
      record(records, "uid", utf8(Long.toString(entry.uid())));
    }
    if (entry.gid() > LARGEST_ID) {
      record(records, "gid", utf8(Long.toString(entry.gid())));
    }
    Instant modified = entry.modified();
    if (modified.getNano() != 0) {
      record(
          records,
          "mtime",
          utf8("%d.%09d".formatted(modified.getEpochSecond(), modified.getNano())));
    }
    for (var xattr : entry.xattrs().entrySet()) {
      record(records, "SCHILY.xattr." + xattr.getKey(), xattr.getValue());
    }
    if (records.size() > 0) {
      TarEntry plain = TarEntry.file("", "");
      writeHeader('x', "PaxHeaders/entry", "", plain, records.size());
      records.writeTo(out);
      pad(records.size());
    }
  }

  /** A record is its own length in decimal, a blank, key=value and a newline. */
  private static void record(ByteArrayOutputStream out, String key, byte[] value)
      throws IOException {
    int rest = 1 + utf8(key).length + 1 + value.length + 1;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length = rest + Integer.toString(length).length();
    }
    out.write(utf8(length + " " + key + "="));
    out.write(value);
    out.write('\n');
  }

  private void writeHeader(char flag, String path, String link, TarEntry entry, long size)
      throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, 100, utf8(path));
    octal(header, 100, 8, entry.mode());
    octal(header, 108, 8, Math.min(entry.uid(), LARGEST_ID));
    octal(header, 116, 8, Math.min(entry.gid(), LARGEST_ID));
    octal(header, 124, 12, size);
    octal(header, 136, 12, Math.max(0, entry.modified().getEpochSecond()));
    header[156] = (byte) flag;
    put(header, 157, 100, utf8(link));
    put(header, 257, 8, new byte[] {'u', 's', 't', 'a', 'r', 0, '0', '0'});
    octal(header, 329, 8, entry.major());
    octal(header, 337, 8, entry.minor());
    put(header, 148, 8, utf8("        ")); // the sum is taken with blanks in its own place
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, 148, 7, sum);
    out.write(header);
  }

  private void pad(long size) throws IOException {
    int rest = (int) (size % BLOCK);
    if (rest != 0) {
      out.write(new byte[BLOCK - rest]);
    }
  }

  private static void octal(byte[] header, int offset, int width, long value) {
    String digits = Long.toOctalString(value);
    byte[] field = utf8("0".repeat(Math.max(0, width - 1 - digits.length())) + digits + "\0");
    put(header, offset, width, field);
  }

  private static void put(byte[] header, int offset, int width, byte[] value) {
    System.arraycopy(value, 0, header, offset, Math.min(width, value.length));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
