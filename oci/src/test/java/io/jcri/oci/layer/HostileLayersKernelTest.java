package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A few bytes that become very many: each kind is refused by its limit and leaves nothing, or does
 * no harm.
 */
class HostileLayersKernelTest {

  private static final LayerLimits SMALL = new LayerLimits(8 << 20, 1000, LayerLimits.MAX_NAMES);

  @TempDir Path temp;

  private Layer unpack(LayerLimits limits, byte[] blob, Digest diffId) {
    LayerStore store = new LayerStore(temp, Linux.get(), new Mounts(Linux.get()));
    return TestLayers.unpack(store, temp, limits, List.of(diffId), blob, List::of);
  }

  private Layer unpack(LayerLimits limits, byte[] tar) {
    return unpack(limits, tar, Digest.of(tar));
  }

  private void assertRefused(LayerLimits limits, byte[] blob, String message) {
    Digest diffId = Digest.of(blob);
    assertThatThrownBy(() -> unpack(limits, blob, diffId))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageContaining("layer " + diffId)
        .hasMessageContaining(message);
    assertThat(temp.resolve("layers")).isEmptyDirectory();
  }

  private void assertUsageIsRight(Layer layer) {
    String tree = layer.directory().toString();
    assertThat(layer.usage().bytes())
        .isEqualTo(Long.parseLong(Commands.run(temp, "du", "-s", "-B1", tree).split("\t", -1)[0]));
    assertThat(layer.usage().inodes())
        .isEqualTo(Commands.run(temp, "find", tree, "-printf", "%i\n").lines().distinct().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip -9", "zstd -3"})
  void compressedZeros(String compressor) throws IOException {
    Commands.sh(temp, "truncate -s 100M f; tar -cf - f | %s > blob; rm f".formatted(compressor));
    byte[] blob = Files.readAllBytes(temp.resolve("blob"));
    assertThat(blob.length).isLessThan(200_000);
    assertRefused(SMALL, blob, "more than 8388608 bytes when inflated");
  }

  @Test
  void entries() {
    Tars files = new Tars();
    Tars links = new Tars().file("f", "x");
    Tars same = new Tars();
    for (int i = 0; i < 1000; i++) {
      files.file("d" + i % 7 + "/f" + i, "");
      links.hardLink("l" + i, "f");
      same.file("f", "");
    }
    assertRefused(SMALL, files.file("last", "").build(), "more than 1000 entries at \"last\"");
    assertRefused(SMALL, links.build(), "more than 1000 entries at \"l999\"");
    assertRefused(SMALL, same.file("last", "").build(), "more than 1000 entries at \"last\"");
  }

  @Test
  void duplicatesAreCountedAsWhatIsLeft() {
    Tars tars = new Tars().directory(".", 0755).directory(".", 0711);
    for (int i = 0; i < 300; i++) {
      tars.directory("d", 0700 + i % 8)
          .file("d/f", "x".repeat(20 * i))
          .symlink("l", "n".repeat(i + 1))
          .directory("again", 0755)
          .file("again/f", "x");
    }
    Layer layer = unpack(LayerLimits.DEFAULT, tars.build());
    assertThat(layer.directory().resolve("d/f")).hasSize(20 * 299);
    assertUsageIsRight(layer);
  }

  @Test
  void blocksOfAFewBytesEach() {
    Tars directories = new Tars();
    Tars files = new Tars();
    for (int i = 0; i < 999; i++) {
      directories.directory("d" + i, 0755);
      files.file("f" + i, "x");
    }
    LayerLimits limits = new LayerLimits(2 << 20, 1000, LayerLimits.MAX_NAMES);
    assertRefused(limits, directories.build(), "more than 2097152 bytes on disk at \"d");
    assertRefused(limits, files.build(), "more than 2097152 bytes on disk at \"f");
  }

  /** Each part takes a block on disk, and 2 bytes and its place in the map here. */
  private static byte[] sparse(int parts, long size) {
    StringBuilder map = new StringBuilder(parts + "\n");
    for (long i = 0; i < parts; i++) {
      map.append(i << 16).append("\n1\n");
    }
    byte[] text = Tars.padded(map.toString().getBytes(StandardCharsets.US_ASCII));
    byte[] data = new byte[parts];
    byte[] records =
        ("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"
                + record("GNU.sparse.name", "f")
                + record("GNU.sparse.realsize", Long.toString(size)))
            .getBytes(StandardCharsets.US_ASCII);
    return Tars.concat(
        Tars.header('x', "p", "", records.length),
        Tars.padded(records),
        Tars.header('0', "f", "", text.length + data.length),
        text,
        Tars.padded(data),
        new byte[1024]);
  }

  private static String record(String key, String value) {
    int rest = key.length() + value.length() + 3;
    return (rest + 2) + " " + key + "=" + value + "\n";
  }

  @Test
  void sparseMaps() {
    assertRefused(SMALL, sparse(4000, 1L << 30), "more than 8388608 bytes on disk at \"f\"");
    assertRefused(SMALL, sparse(65_537, 1L << 40), "bad sparse map");
    assertRefused(SMALL, sparse(1, 1L << 60), "EFBIG");
    Layer layer = unpack(SMALL, sparse(400, 1L << 40));
    assertThat(layer.directory().resolve("f")).hasSize(1L << 40);
    // Ext4 adds blocks for the map of its own when the data reaches the disk.
    assertThat(layer.usage().bytes()).isBetween(400L << 12, 420L << 12);
  }

  @Test
  void namesThatWaitForTheLayersBelow() {
    Tars deep = new Tars();
    Tars links = new Tars();
    String most = "a/".repeat(1890);
    for (String top : List.of("1", "2", "3")) {
      deep.file(top + "/" + most + "f", "");
    }
    // Writing such names takes long, not reading them.
    for (int i = 0; i < 40; i++) {
      links.hardLink("l" + i, most + i);
    }
    assertRefused(LayerLimits.DEFAULT, deep.build(), "take more than 8388608 characters");
    assertRefused(
        new LayerLimits(LayerLimits.MAX_BYTES, LayerLimits.MAX_ENTRIES, 150_000),
        links.build(),
        "take more than 150000 characters");
  }

  @Test
  void directoriesThatAreMadeToBeRemoved() {
    Tars tars = new Tars();
    for (int i = 0; i < 3; i++) {
      tars.file("d/" + "a/".repeat(1890) + "f", "").file("d", "").directory("d", 0755);
    }
    assertRefused(LayerLimits.DEFAULT, tars.build(), "take more than 8388608 characters");
  }

  @Test
  void pathsBeyondWhatTheKernelTakes() {
    Tars tars = new Tars();
    String deep = "d/".repeat(900);
    tars.directory(deep, 0755);
    for (int i = 0; i < 4; i++) {
      tars.symlink("s" + i, (i == 0 ? "" : "s" + (i - 1) + "/") + deep);
      tars.file("s" + i + "/" + deep + "f", "x");
    }
    assertRefused(LayerLimits.DEFAULT, tars.build(), "ENAMETOOLONG");
  }

  @Test
  void extendedAttributes() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 7000; i++) {
      many.put("SCHILY.xattr.user.a" + i, "");
    }
    assertRefused(
        SMALL,
        new Tars().file("f", "x", 0644, 0, 0, many).build(),
        "more names of extended attributes than Linux can list");
    assertRefused(
        SMALL,
        new Tars()
            .file("f", "x", 0644, 0, 0, Map.of("SCHILY.xattr.user.a", "v".repeat(70_000)))
            .build(),
        "E2BIG");
    assertRefused(
        SMALL,
        new Tars()
            .file("f", "x", 0644, 0, 0, Map.of("SCHILY.xattr.user." + "a".repeat(300), "v"))
            .build(),
        "ERANGE");
    Tars blocks = new Tars();
    for (int i = 0; i < 100; i++) {
      blocks.file("f" + i, "", 0644, 0, 0, Map.of("SCHILY.xattr.user.a", "v".repeat(2000)));
      blocks.special(
          "l" + i, (byte) '2', "t", Map.of("SCHILY.xattr.trusted.a", "v" + i + "w".repeat(2000)));
    }
    assertUsageIsRight(unpack(SMALL, blocks.build()));
  }
}
