package io.jcri.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Any bytes are an archive or an {@link OciException}, the same in pieces of any size; what was
 * read is written and read back the same.
 */
public final class TarFuzz {

  private static final int BLOCK = 512;

  private TarFuzz() {}

  /** What of an archive can be told without holding holes. */
  private record Read(List<TarEntry> entries, List<byte[]> stored, String error) {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    byte[] archive = sealed(input);
    Read whole = read(archive, Math.max(1, archive.length));
    assertThat(whole.stored.stream().mapToLong(data -> data.length).sum())
        .isLessThanOrEqualTo(archive.length);
    Read pieces = read(archive, 1 + (archive.length == 0 ? 0 : archive[0] & 0xff));
    assertThat(pieces.error).isEqualTo(whole.error);
    assertSame(pieces.entries, whole.entries);
    for (int i = 0; i < whole.stored.size(); i++) {
      if (!whole.entries.get(i).sparse()) {
        comesBack(whole.entries.get(i), whole.stored.get(i));
      }
    }
  }

  /** No fuzzer guesses a checksum. */
  public static byte[] sealed(byte[] input) {
    byte[] archive = input.clone();
    for (int at = 0; at + BLOCK <= archive.length; at += BLOCK) {
      byte[] block = Arrays.copyOfRange(archive, at, at + BLOCK);
      if (Arrays.equals(block, 257, 262, new byte[] {'u', 's', 't', 'a', 'r'}, 0, 5)) {
        System.arraycopy(Tars.sealed(block), 0, archive, at, BLOCK);
      }
    }
    return archive;
  }

  private static Read read(byte[] archive, int pieceSize) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    List<byte[]> stored = new ArrayList<>();
    TarReader reader = new TarReader(Tars.inPieces(archive, pieceSize));
    try {
      for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        long end = 0;
        for (ByteBuffer piece = reader.data(); piece != null; piece = reader.data()) {
          assertThat(piece.hasRemaining()).isTrue();
          assertThat(reader.dataOffset()).isGreaterThanOrEqualTo(end);
          end = reader.dataOffset() + piece.remaining();
          assertThat(end).isLessThanOrEqualTo(entry.size());
          byte[] copy = new byte[piece.remaining()];
          piece.get(copy);
          data.writeBytes(copy);
        }
        assertThat(entry.sparse() || data.size() == entry.size()).isTrue();
        entries.add(entry);
        stored.add(data.toByteArray());
      }
      return new Read(entries, stored, "");
    } catch (OciException e) {
      return new Read(entries, stored, e.kind() + ": " + e.getMessage());
    }
  }

  private static void comesBack(TarEntry entry, byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      tar.begin(entry);
      tar.write(data, 0, data.length);
      tar.finish();
    }
    Read back = read(out.toByteArray(), out.size());
    assertThat(back.error).isEmpty();
    assertSame(back.entries, List.of(entry));
    assertThat(back.stored.get(0)).isEqualTo(data);
  }

  private static void assertSame(List<TarEntry> actual, List<TarEntry> expected) {
    assertThat(actual.stream().map(TarFuzz::comparable).toList())
        .isEqualTo(expected.stream().map(TarFuzz::comparable).toList());
  }

  /** Arrays are equal by identity only. */
  private static Object comparable(TarEntry entry) {
    Map<String, ByteBuffer> xattrs = new TreeMap<>();
    entry.xattrs().forEach((name, value) -> xattrs.put(name, ByteBuffer.wrap(value)));
    TarEntry rest =
        new TarEntry(
            entry.type(),
            entry.name(),
            entry.linkName(),
            entry.mode(),
            entry.uid(),
            entry.gid(),
            entry.size(),
            entry.mtimeSeconds(),
            entry.mtimeNanos(),
            entry.deviceMajor(),
            entry.deviceMinor(),
            Map.of(),
            entry.sparse());
    return List.of(rest, xattrs);
  }
}
