package io.jcri.oci.tar;

import io.jcri.oci.inflate.ChunkSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes archives for tests: proper ones through commons-compress, broken ones byte by byte. */
public final class Tars {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8");

  public Tars() {
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    out.setAddPaxHeadersForNonAsciiNames(true);
  }

  TarArchiveOutputStream out() {
    return out;
  }

  public Tars file(String name, String content) {
    return file(name, content, 0644, 0, 0, Map.of());
  }

  public Tars file(
      String name, String content, int mode, long uid, long gid, Map<String, String> pax) {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    entry.setSize(data.length);
    entry.setMode(mode);
    entry.setUserId(uid);
    entry.setGroupId(gid);
    entry.setModTime(1_000_000_000_000L);
    pax.forEach(entry::addPaxHeader);
    return add(entry, data);
  }

  public Tars directory(String name, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name.endsWith("/") ? name : name + "/", true);
    entry.setMode(mode);
    entry.setModTime(1_100_000_000_000L);
    return add(entry, new byte[0]);
  }

  public Tars symlink(String name, String target) {
    return link(name, target, TarConstants.LF_SYMLINK);
  }

  public Tars hardLink(String name, String target) {
    return link(name, target, TarConstants.LF_LINK);
  }

  /** A link or device with extended attributes. */
  public Tars special(String name, byte type, String target, Map<String, String> pax) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    entry.setMode(0600);
    // Of a device: 0:0 would be a whiteout.
    entry.setDevMajor(1);
    entry.setDevMinor(3);
    pax.forEach(entry::addPaxHeader);
    return add(entry, new byte[0]);
  }

  public Tars device(String name, byte type, int major, int minor) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setMode(0600);
    entry.setDevMajor(major);
    entry.setDevMinor(minor);
    return add(entry, new byte[0]);
  }

  private Tars link(String name, String target, byte type) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    entry.setMode(0777);
    entry.setModTime(1_200_000_000_000L);
    return add(entry, new byte[0]);
  }

  private Tars add(TarArchiveEntry entry, byte[] data) {
    try {
      out.putArchiveEntry(entry);
      out.write(data);
      out.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] build() {
    try {
      out.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A header with a right checksum and otherwise what the caller says. */
  public static byte[] header(char type, String name, String link, long size) {
    byte[] block = new byte[512];
    put(block, 0, name);
    put(block, 100, "0000644");
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, String.format("%011o", size));
    put(block, 136, "00000000000");
    block[156] = (byte) type;
    put(block, 157, link);
    put(block, 257, "ustar\00000");
    return sealed(block);
  }

  /** Writes the checksum of a header that was changed. */
  static byte[] sealed(byte[] block) {
    put(block, 148, "        ");
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, String.format("%06o\0 ", sum));
    return block;
  }

  static void put(byte[] block, int at, String text) {
    byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(raw, 0, block, at, raw.length);
  }

  /** Data filled up to whole blocks. */
  public static byte[] padded(byte[] data) {
    return java.util.Arrays.copyOf(data, (data.length + 511) / 512 * 512);
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Hands out the archive in pieces of a size, so that headers fall across their edges. */
  public static ChunkSource inPieces(byte[] archive, int size) {
    ByteBuffer all = ByteBuffer.wrap(archive);
    return () -> {
      if (!all.hasRemaining()) {
        return null;
      }
      int length = Math.min(size, all.remaining());
      ByteBuffer piece = all.slice(all.position(), length);
      all.position(all.position() + length);
      return piece;
    };
  }

  /** An entry with the data as it lies in the file, holes filled with zeros. */
  public record Member(TarEntry entry, ByteBuffer content) {}

  public static List<Member> readAll(byte[] archive, int pieceSize) throws IOException {
    List<Member> members = new ArrayList<>();
    TarReader reader = new TarReader(inPieces(archive, pieceSize));
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      byte[] content = new byte[Math.toIntExact(entry.size())];
      for (ByteBuffer data = reader.data(); data != null; data = reader.data()) {
        data.get(content, Math.toIntExact(reader.dataOffset()), data.remaining());
      }
      members.add(new Member(entry, ByteBuffer.wrap(content)));
    }
    return members;
  }
}
