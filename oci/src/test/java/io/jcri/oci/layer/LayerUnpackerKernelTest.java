package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.Trees;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.TreeListing;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class LayerUnpackerKernelTest {

  public static final String SOURCE_TREE =
      """
      umask 022
      mkdir -p t/usr/bin t/etc 't/with space' t/deep/a/b/c t/closed
      echo one > t/usr/bin/one
      head -c 3000000 /dev/urandom > t/usr/bin/large
      : > t/etc/empty
      printf x > "t/etc/$(printf 'latin-\\351')"
      printf x > t/etc/ünïcode
      printf x > t/etc/$(head -c 200 /dev/zero | tr '\\0' n)
      ln t/usr/bin/one t/etc/hard
      ln -s one t/usr/bin/link
      ln -s /etc/passwd t/etc/absolute
      ln -s ../../../../../etc/passwd t/deep/climbing
      mknod t/null c 1 3
      mknod t/disk b 259 300
      mkfifo t/pipe
      chown 1000:2000 t/etc/empty t/with\\ space
      chown -h 4294967294:70000 t/usr/bin/link t/null
      chmod 4755 t/usr/bin/one
      chmod 2750 t/deep/a
      chmod 1777 t/closed
      chmod 0 t/etc/ünïcode t/closed
      truncate -s 10M t/etc/sparse
      printf middle | dd of=t/etc/sparse bs=1 seek=5000000 conv=notrunc status=none
      setfattr -n user.comment -v 'hello' t/etc/empty
      setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 t/usr/bin/large
      setfattr -n trusted.note -v 0x00ff t/deep
      find t -depth -exec touch -h -d '2020-01-02 03:04:05.123456789' {} +
      touch -d '1965-01-01 00:00:00' t/etc/empty
      """;

  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
  }

  @ParameterizedTest
  @CsvSource({"pax,cat", "pax,gzip", "pax,zstd", "gnu,gzip"})
  void makesTheTreeThatGnuTarMakes(String format, String compressor) throws IOException {
    Commands.sh(temp, SOURCE_TREE);
    Commands.sh(
        temp,
        "tar --format=%s --sparse %s --numeric-owner -C t -cf - . | %s > layer"
            .formatted(
                format, format.equals("pax") ? "--xattrs --xattrs-include='*'" : "", compressor));
    Commands.sh(
        temp,
        "mkdir expected; %s < layer | tar --xattrs --xattrs-include='*' --numeric-owner -C expected -xpf -"
            .formatted(compressor.equals("cat") ? "cat" : compressor + " -dc"));
    UnpackedLayer layer = unpack(Files.readAllBytes(temp.resolve("layer")));
    SortedMap<String, String> expected = TreeListing.of(temp.resolve("expected"));
    assertThat(TreeListing.of(root)).isEqualTo(expected);
    assertThat(layer.isIndependent()).isTrue();
    assertThat(layer.hasRoot()).isTrue();
    String sum =
        Commands.sh(
            temp,
            (compressor.equals("cat") ? "cat" : compressor + " -dc") + " < layer | sha256sum");
    assertThat(layer.diffId()).hasToString("sha256:" + sum.substring(0, 64));
    assertThat(layer.usage().inodes()).isEqualTo(expected.size() - 1L);
    long du = Long.parseLong(Commands.sh(temp, "du -s -B1 root").split("\t", -1)[0]);
    assertThat(layer.usage().bytes()).isBetween(du - du / 100, du + du / 100);
  }

  @Test
  void whiteoutsAreInTheTermsOfOverlayfs() throws IOException {
    UnpackedLayer layer =
        unpack(
            new Tars()
                .directory("etc", 0755)
                .file("etc/.wh.gone", "")
                .directory("opaque", 0755)
                .file("opaque/.wh..wh..opq", "")
                .file("opaque/new", "x")
                .file(".wh..wh.plnk", "")
                .file(".wh.dir", "")
                .directory("dir", 0700)
                .directory("kept", 0700)
                .file(".wh.kept", "")
                .file("file", "mine")
                .file(".wh.file", "")
                .build());
    SortedMap<String, String> tree = TreeListing.of(root);
    assertThat(tree).doesNotContainKey(".wh..wh.plnk");
    assertThat(tree.get("etc/gone")).startsWith("20000 0:0").contains("dev=0:0");
    String opaque = "trusted.overlay.opaque=79";
    assertThat(tree.get("opaque")).endsWith(opaque);
    assertThat(tree.get("dir")).startsWith("40700 ").endsWith(opaque);
    assertThat(tree.get("kept")).startsWith("40700 ").endsWith(opaque);
    assertThat(tree.get("etc")).doesNotContain("opaque");
    assertThat(Files.readString(root.resolve("file"))).isEqualTo("mine");
    assertThat(layer.opaqueRoot()).isFalse();
    assertThat(layer.isIndependent()).isTrue();
  }

  @Test
  void anOpaqueRootIsNotedSinceOverlayfsIgnoresIt() throws IOException {
    assertThat(unpack(new Tars().file(".wh..wh..opq", "").build()).opaqueRoot()).isTrue();
  }

  @Test
  void whatDependsOnLowerLayersIsNoted() throws IOException {
    UnpackedLayer layer =
        unpack(
            new Tars()
                .file("usr/lib/new", "x")
                .hardLink("copy", "usr/bin/original")
                .file("tmp/later", "x")
                .directory("tmp", 01777)
                .symlink("lib", "usr/lib64")
                .file("lib/so", "x")
                .build());
    assertThat(layer.implicitDirectories()).containsExactly("usr", "usr/lib", "usr/lib64");
    assertThat(layer.missingLinks())
        .containsExactly(new UnpackedLayer.MissingLink("copy", "usr/bin/original"));
    assertThat(Files.readString(root.resolve("usr/lib64/so"))).isEqualTo("x");
    assertThat(TreeListing.of(root).get("tmp")).startsWith("41777 ");
  }

  @Test
  void theLastOfDuplicateEntriesWins() throws IOException {
    unpack(
        new Tars()
            .directory("a", 0755)
            .file("a/below", "x")
            .file("a", "now a file")
            .file("b", "first")
            .file("b", "second", 0600, 5, 6, Map.of())
            .symlink("c", "/etc")
            .directory("c", 0711)
            .file("c/inside", "x")
            .file("d", "x")
            .symlink("d", "target")
            .hardLink("e", "b")
            .hardLink("e", "e")
            .build());
    SortedMap<String, String> tree = TreeListing.of(root);
    assertThat(tree.keySet()).containsExactly("", "a", "b", "c", "c/inside", "d", "e");
    assertThat(tree.get("b")).startsWith("100600 5:6").contains("size=6");
    assertThat(tree.get("c")).startsWith("40711 ");
    assertThat(tree.get("d")).contains("-> target");
  }

  @Test
  void linksNeverLeadOut() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("victim"), "untouched");
    unpack(
        new Tars()
            .symlink("absolute", outside.toString())
            .file("absolute/made", "x")
            .symlink("climb", "../../../../../.." + outside)
            .file("climb/victim", "hit")
            .symlink("victim", outside.resolve("victim").toString())
            .file("victim", "hit")
            .hardLink("stolen", "absolute/victim")
            .file("stolen", "hit")
            .symlink("magic", "/proc/self/root")
            .file("magic/hit", "x")
            .build());
    assertThat(Files.readString(outside.resolve("victim"))).isEqualTo("untouched");
    assertThat(outside.toFile().list()).containsExactly("victim");
    assertThat(Files.isRegularFile(root.resolve("victim"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(Files.readString(Path.of(root + outside.toString() + "/made"))).isEqualTo("x");
    assertThat(Files.exists(Path.of("/hit"))).isFalse();
  }

  @Test
  void aDirectoryThatBecomesALinkDoesNotPassOnItsAttributes() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    String before = TreeListing.of(outside).get("");
    unpack(new Tars().directory("d", 0777).symlink("d", outside.toString()).build());
    assertThat(TreeListing.of(outside).get("")).isEqualTo(before);
  }

  @Test
  void hostileNamesAreRefused() {
    assertFails(new Tars().file("../out", "x").build(), "climbs out");
    assertFails(new Tars().file("a/../../out", "x").build(), "climbs out");
    assertFails(new Tars().hardLink("a", "../../etc/passwd").build(), "climbs out");
    assertFails(new Tars().file("n".repeat(300), "x").build(), "component of 300");
    assertFails(new Tars().file("d/".repeat(2500) + "f", "x").build(), "name of 5001");
    assertFails(new Tars().file(".wh...", "").build(), "bad whiteout");
    assertFails(new Tars().symlink(".", "/etc").build(), "root directory");
    assertFails(new Tars().file("f", "x").file("f/below", "x").build(), "not a directory");
    assertFails(
        new Tars().directory("d", 0755).hardLink("l", "d").build(), "hard link to a directory");
    assertFails(new Tars().symlink("l", "l").file("l/x", "").build(), "l");
  }

  @Test
  void anImageCannotSteerOverlayfs() throws IOException {
    unpack(
        new Tars()
            .file(
                "f",
                "x",
                0644,
                0,
                0,
                Map.of(
                    "SCHILY.xattr.trusted.overlay.redirect", "/etc",
                    "SCHILY.xattr.trusted.overlay.metacopy", "",
                    "SCHILY.xattr.security.selinux", "system_u",
                    "SCHILY.xattr.user.kept", "y"))
            .build());
    assertThat(TreeListing.of(root).get("f")).endsWith("user.kept=79").doesNotContain("trusted");
  }

  @Test
  void devicesKeepTheirNumbers() throws IOException {
    unpack(new Tars().device("dev/tty", TarConstants.LF_CHR, 5, 0).build());
    assertThat(TreeListing.of(root).get("dev/tty")).startsWith("20600 ").contains("dev=5:0");
  }

  @Test
  void deepTreesAreMadeAndRemoved() throws IOException {
    Tars tars = new Tars();
    String deep = "d/".repeat(1000);
    tars.file(deep + "f", "x");
    tars.symlink("s", deep);
    tars.file("s/" + "e/".repeat(700) + "g", "x");
    unpack(tars.build());
    Trees.delete(Linux.get(), root);
    assertThat(root).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"gzip,100", "gzip,-4", "gzip,-9", "zstd,100", "zstd,-3", "cat,700"})
  void damageIsDataLoss(String compressor, int cut) throws IOException {
    Files.write(temp.resolve("tar"), new Tars().file("f", "abc".repeat(5000)).build());
    Commands.sh(temp, compressor + " < tar > layer");
    byte[] whole = Files.readAllBytes(temp.resolve("layer"));
    byte[] damaged =
        java.util.Arrays.copyOf(
            whole, cut > 0 ? Math.min(cut, whole.length - 1) : whole.length + cut);
    assertThatThrownBy(() -> unpack(damaged))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.DATA_LOSS));
  }

  @Test
  void gzipOfManyMembersAndPaddingIsRead() throws IOException {
    Files.write(temp.resolve("tar"), new Tars().file("f", "abc".repeat(500000)).build());
    Commands.sh(
        temp,
        "split -b 100000 tar part.; for p in part.*; do gzip -c $p; done > layer; head -c 700 /dev/zero >> layer");
    UnpackedLayer layer = unpack(Files.readAllBytes(temp.resolve("layer")));
    assertThat(layer.diffId()).isEqualTo(Digest.of(Files.readAllBytes(temp.resolve("tar"))));
  }

  @Test
  void inflatingWithoutEndStops() throws IOException {
    Commands.sh(temp, "head -c 300000000 /dev/zero | zstd -19 > layer");
    byte[] bomb = Files.readAllBytes(temp.resolve("layer"));
    assertThat(bomb.length).isLessThan(100_000);
    assertThatThrownBy(() -> unpack(bomb)).hasMessageContaining("the limit for its size");
    assertThatThrownBy(() -> unpack(new Tars().file("f", "x".repeat(20000)).build(), 9999))
        .hasMessageContaining("more than 9999 bytes");
  }

  @Test
  void aFullDiskIsToldByTheNameOfTheFile() throws IOException {
    Commands.sh(temp, "mount -t tmpfs -o size=256k tmpfs root");
    try {
      assertThatThrownBy(() ->
              unpack(new Tars().file("small", "x").file("usr/large", "x".repeat(1 << 20)).build()))
          .isInstanceOfSatisfying(
              OciException.class,
              e -> assertThat(e.kind()).isEqualTo(OciException.Kind.RESOURCE_EXHAUSTED))
          .hasMessageContaining("usr/large")
          .hasMessageContaining(root.toString());
    } finally {
      Commands.sh(temp, "umount root");
    }
  }

  private UnpackedLayer unpack(byte[] blob) throws IOException {
    return unpack(blob, 1L << 40);
  }

  private UnpackedLayer unpack(byte[] blob, long maxBytes) throws IOException {
    try (InputStream in = new ByteArrayInputStream(blob);
        LayerStream stream = new LayerStream(Linux.get(), in, "test", blob.length, maxBytes)) {
      return new LayerUnpacker(Linux.get()).unpack(stream, root, temp.resolve("spool"));
    } finally {
      assertThat(temp.resolve("spool")).doesNotExist();
      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .map(Thread::getName)
                  .filter(n -> n.equals("jcri-fetch-test") || n.equals("jcri-inflate-test")))
          .isEqualTo(List.of());
    }
  }

  private void assertFails(byte[] layer, String message) {
    assertThatThrownBy(() -> unpack(layer))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageContaining(message);
  }
}
