package io.jcri.oci.image;

import com.github.luben.zstd.Zstd;
import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** Layers with tables of contents, as stargz-snapshotter and containers/storage write them. */
final class SeekableBlobs {

  /** A file of the layer; a directory when the name ends in a slash. */
  record Member(String name, String content) {}

  /**
   * A layer.
   *
   * @param tar that the blob inflates to
   * @param landmark where in the blob the landmark's entry ends, 0 when there is none
   * @param contents digest of the table of contents
   */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Seekable(byte[] tar, byte[] blob, int landmark, Digest contents) {}

  static final String LANDMARK = ".prefetch.landmark";
  private static final int SKIPPABLE = 0x184D2A50;

  private SeekableBlobs() {}

  /**
   * A gzip member for each entry, one with the table, and the footer (stargz-snapshotter,
   * docs/estargz.md).
   *
   * @param prefetched come first, followed by the landmark
   */
  static Seekable eStargz(List<Member> prefetched, List<Member> rest) {
    List<Member> all = new ArrayList<>(prefetched);
    all.add(new Member(LANDMARK, "\017"));
    all.addAll(rest);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    List<Map<String, Object>> table = new ArrayList<>();
    int landmark = 0;
    for (Member member : all) {
      table.add(row(member, blob.size()));
      byte[] entry = entry(member);
      tar.writeBytes(entry);
      blob.writeBytes(TestImage.gzip(entry));
      if (member.name().equals(LANDMARK)) {
        landmark = blob.size();
      }
    }
    byte[] json = Json.toBytes(Map.of("version", 1, "entries", table));
    int at = blob.size();
    byte[] last =
        new Tars().file("stargz.index.json", new String(json, StandardCharsets.UTF_8)).build();
    tar.writeBytes(last);
    blob.writeBytes(TestImage.gzip(last));
    blob.writeBytes(footer(at));
    return new Seekable(tar.toByteArray(), blob.toByteArray(), landmark, Digest.of(json));
  }

  /** An empty gzip member of 51 bytes whose extra field says where the table is. */
  private static byte[] footer(int table) {
    byte[] place = "%016xSTARGZ".formatted(table).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(51)
        .order(ByteOrder.LITTLE_ENDIAN)
        // Deflate, with an extra field, no time, no system.
        .put(new byte[] {0x1f, (byte) 0x8b, 8, 4, 0, 0, 0, 0, 0, (byte) 0xff})
        .putShort((short) (4 + place.length))
        .put(new byte[] {'S', 'G'})
        .putShort((short) place.length)
        .put(place)
        // The last block, stored, of no bytes.
        .put(new byte[] {1, 0, 0, (byte) 0xff, (byte) 0xff})
        .putInt((int) new CRC32().getValue())
        .putInt(0)
        .array();
  }

  /**
   * A zstd frame for each entry, then the table, the tar-split and the footer in frames that
   * decoders skip (containers/storage, docs/containers-storage-zstd-chunked.md).
   */
  static Seekable zstdChunked(List<Member> members) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    List<Map<String, Object>> table = new ArrayList<>();
    for (Member member : members) {
      table.add(row(member, blob.size()));
      byte[] entry = entry(member);
      tar.writeBytes(entry);
      blob.writeBytes(Zstd.compress(entry));
    }
    tar.writeBytes(new byte[1024]);
    blob.writeBytes(Zstd.compress(new byte[1024]));
    byte[] json = Json.toBytes(Map.of("version", 1, "entries", table));
    byte[] packed = Zstd.compress(json);
    byte[] split = Zstd.compress("{}".getBytes(StandardCharsets.US_ASCII));
    int at = blob.size() + 8;
    blob.writeBytes(skippable(packed));
    int splitAt = blob.size() + 8;
    blob.writeBytes(skippable(split));
    blob.writeBytes(
        skippable(
            ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(at)
                .putLong(packed.length)
                .putLong(json.length)
                .putLong(1)
                .putLong(splitAt)
                .putLong(split.length)
                .putLong(2)
                .put("GNUlInUx".getBytes(StandardCharsets.US_ASCII))
                .array()));
    return new Seekable(tar.toByteArray(), blob.toByteArray(), 0, Digest.of(packed));
  }

  private static byte[] skippable(byte[] content) {
    return ByteBuffer.allocate(8 + content.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(SKIPPABLE)
        .putInt(content.length)
        .put(content)
        .array();
  }

  private static Map<String, Object> row(Member member, int offset) {
    boolean directory = member.name().endsWith("/");
    return Map.of(
        "name",
        member.name(),
        "type",
        directory ? "dir" : "reg",
        "size",
        member.content().length(),
        "offset",
        directory ? 0 : offset);
  }

  /** Header and data as they are within an archive. */
  private static byte[] entry(Member member) {
    boolean directory = member.name().endsWith("/");
    Tars alone =
        directory
            ? new Tars().directory(member.name(), 0755)
            : new Tars().file(member.name(), member.content());
    int data = directory ? 0 : member.content().getBytes(StandardCharsets.UTF_8).length;
    return Arrays.copyOf(alone.build(), 512 + (data + 511) / 512 * 512);
  }
}
