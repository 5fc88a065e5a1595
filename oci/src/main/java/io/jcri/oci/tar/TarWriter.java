package io.jcri.oci.tar;

import io.jcri.sandbox.linux.PathBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes a tar archive (pax(1)): ustar headers, and a PAX header before an entry that needs more
 * than those can say. What {@link TarReader} reads back is what was given. Not thread-safe.
 */
public final class TarWriter implements AutoCloseable {

  private static final int BLOCK = TarHeader.BLOCK;
  private static final int NAME = 100;
  private static final long OCTAL_7 = 1L << 21;
  private static final long OCTAL_11 = 1L << 33;

  private final OutputStream out;
  private long left;
  private int padding;

  /** Takes the stream over. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Begins an entry; exactly {@code entry.size()} bytes of {@link #write} must follow. */
  public void begin(TarEntry entry) throws IOException {
    begin(entry, entry.name(), entry.size(), pax(entry, entry.name(), entry.size()));
  }

  /**
   * Begins a file with holes, in the format PAX 1.0 (GNU tar manual, "Storing Sparse Files"), which
   * Go's archive/tar reads as well. Exactly the map's bytes must follow.
   */
  public void begin(TarEntry entry, SparseMap map) throws IOException {
    byte[] text = mapText(map);
    // What a reader that knows no holes makes of it must not be taken for the file.
    String name = "GNUSparseFile.0/" + entry.name().substring(entry.name().lastIndexOf('/') + 1);
    long stored = text.length + map.bytes();
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    record(records, "GNU.sparse.major", ascii("1"));
    record(records, "GNU.sparse.minor", ascii("0"));
    record(records, "GNU.sparse.name", PathBytes.encode(entry.name()));
    record(records, "GNU.sparse.realsize", ascii(Long.toString(entry.size())));
    records.writeBytes(pax(entry, name, stored));
    begin(entry, name, stored, records.toByteArray());
    write(text, 0, text.length);
  }

  private void begin(TarEntry entry, String name, long stored, byte[] records) throws IOException {
    if (left != 0) {
      throw new IllegalStateException(left + " bytes of the entry before are missing");
    }
    if (records.length > 0) {
      out.write(header(entry, 'x', "PaxHeader", records.length));
      out.write(records);
      out.write(new byte[-records.length & (BLOCK - 1)]);
    }
    out.write(header(entry, flag(entry.type()), name, stored));
    left = stored;
    padding = (int) (-stored & (BLOCK - 1));
    finishEntry();
  }

  private static byte[] mapText(SparseMap map) {
    StringBuilder text = new StringBuilder().append(map.extents()).append('\n');
    for (int i = 0; i < map.extents(); i++) {
      text.append(map.offset(i)).append('\n').append(map.length(i)).append('\n');
    }
    return Arrays.copyOf(ascii(text.toString()), text.length() + (-text.length() & (BLOCK - 1)));
  }

  /** Writes data of the entry. */
  public void write(byte[] data, int offset, int length) throws IOException {
    if (length > left) {
      throw new IllegalStateException("more data than the entry's size");
    }
    out.write(data, offset, length);
    left -= length;
    finishEntry();
  }

  /** How many bytes of the entry are still to come. */
  public long left() {
    return left;
  }

  private void finishEntry() throws IOException {
    if (left == 0) {
      out.write(new byte[padding]);
      padding = 0;
    }
  }

  /** Writes the end mark. */
  public void finish() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static char flag(TarEntry.Type type) {
    return switch (type) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case SYMLINK -> '2';
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case DIRECTORY -> '5';
      case FIFO -> '6';
    };
  }

  /** What the fields of the header have no room for. */
  private static byte[] pax(TarEntry entry, String name, long stored) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    text(records, "path", name);
    text(records, "linkpath", entry.linkName());
    number(records, "size", stored, OCTAL_11);
    number(records, "uid", entry.uid(), OCTAL_7);
    number(records, "gid", entry.gid(), OCTAL_7);
    if (entry.mtimeNanos() != 0 || entry.mtimeSeconds() < 0 || entry.mtimeSeconds() >= OCTAL_11) {
      record(records, "mtime", ascii(time(entry.mtimeSeconds(), entry.mtimeNanos())));
    }
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      record(records, "SCHILY.xattr." + xattr.getKey(), xattr.getValue());
    }
    return records.toByteArray();
  }

  /** {@code -1.5} is written for half a second before -1. */
  private static String time(long seconds, int nanos) {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean negative = seconds < 0;
    long whole = negative ? -(seconds + 1) : seconds;
    int fraction = negative ? 1_000_000_000 - nanos : nanos;
    return "%s%d.%09d".formatted(negative ? "-" : "", whole, fraction);
  }

  private static void text(ByteArrayOutputStream records, String key, String value)
      throws IOException {
    byte[] bytes = PathBytes.encode(value);
    if (bytes.length > NAME) {
      record(records, key, bytes);
    }
  }

  private static void number(ByteArrayOutputStream records, String key, long value, long limit)
      throws IOException {
    if (value >= limit) {
      record(records, key, ascii(Long.toString(value)));
    }
  }

  /** {@code "%d %s=%s\n"}, where the number counts its own digits too. */
  private static void record(ByteArrayOutputStream records, String key, byte[] value)
      throws IOException {
    byte[] name = PathBytes.encode(key);
    int content = name.length + value.length + 3;
    int length = content + Integer.toString(content).length();
    length = content + Integer.toString(length).length();
    records.write(ascii(length + " "));
    records.write(name);
    records.write('=');
    records.write(value);
    records.write('\n');
  }

  private static byte[] header(TarEntry entry, char flag, String name, long size) {
    byte[] block = new byte[BLOCK];
    cut(block, 0, name);
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, entry.uid() < OCTAL_7 ? entry.uid() : 0);
    octal(block, 116, 8, entry.gid() < OCTAL_7 ? entry.gid() : 0);
    octal(block, 124, 12, size < OCTAL_11 ? size : 0);
    boolean plainTime = entry.mtimeSeconds() >= 0 && entry.mtimeSeconds() < OCTAL_11;
    octal(block, 136, 12, plainTime ? entry.mtimeSeconds() : 0);
    block[156] = (byte) flag;
    cut(block, 157, flag == 'x' ? "" : entry.linkName());
    System.arraycopy(ascii("ustar\00000"), 0, block, 257, 8);
    if (flag == '3' || flag == '4') {
      octal(block, 329, 8, entry.deviceMajor());
      octal(block, 337, 8, entry.deviceMinor());
    }
    checksum(block);
    return block;
  }

  private static void checksum(byte[] block) {
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    block[155] = ' ';
  }

  /** What does not fit is said by the PAX header, which counts. */
  private static void cut(byte[] block, int offset, String text) {
    byte[] bytes = PathBytes.encode(text);
    System.arraycopy(bytes, 0, block, offset, Math.min(bytes.length, NAME));
  }

  private static void octal(byte[] block, int offset, int length, long value) {
    long rest = value;
    for (int i = offset + length - 2; i >= offset; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>= 3;
    }
    block[offset + length - 1] = 0;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
