package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few bytes of tar that copy what lower layers have: holes stay holes, the rest is counted. */
class LinksToLowerFilesKernelTest {

  private static final long TERABYTES = 3L << 40;

  @TempDir Path temp;
  private final Mounts mounts = new Mounts(Linux.get());

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  private static LayerLimits bytes(long bytes) {
    return new LayerLimits(bytes, LayerLimits.MAX_ENTRIES, LayerLimits.MAX_NAMES);
  }

  private LayerStore store() {
    return new LayerStore(temp, Linux.get(), mounts);
  }

  private static List<Digest> stack(byte[] lower, byte[] upper) {
    return List.of(Digest.of(lower), Digest.of(upper));
  }

  /** The upper layer, unpacked within limits. */
  private Layer unpack(LayerLimits limits, byte[] lower, byte[] upper) {
    LayerStore store = store();
    Layer below = TestLayers.unpack(store, temp, List.of(Digest.of(lower)), lower, List::of);
    return TestLayers.unpack(store, temp, limits, stack(lower, upper), upper, () -> List.of(below));
  }

  /** An archive of what a script makes in the working directory. */
  private byte[] tree(String script) throws IOException {
    Path source = Files.createDirectory(temp.resolve("source"));
    Commands.sh(source, script);
    Path archive = temp.resolve("archive");
    Commands.run(source, "tar", "--xattrs", "-cSf", archive.toString(), ".");
    return Files.readAllBytes(archive);
  }

  private long du(Layer layer) {
    return Long.parseLong(
        Commands.run(temp, "du", "-s", "-B1", layer.directory().toString()).split("\t", -1)[0]);
  }

  private static FileStat stat(Layer layer, String name) throws IOException {
    return Linux.get().fstatat(Fd.CWD, layer.directory().resolve(name).toString());
  }

  @Test
  void holesOfTerabytesStayHoles() throws IOException {
    byte[] lower =
        tree(
            """
            truncate -s 1T f; printf middle >> f; truncate -s 3T f
            setfattr -n user.note -v kept f; chown 5:6 f; chmod 4750 f
            touch -d '2001-01-01 00:00:00.5' f
            """);
    Layer layer = unpack(LayerLimits.DEFAULT, lower, new Tars().hardLink("a/link", "f").build());
    FileStat copy = stat(layer, "f");
    assertThat(copy.size()).isEqualTo(TERABYTES);
    assertThat(copy.blocks() * 512).isBetween(1L, 64L << 10);
    assertThat(copy.links()).isEqualTo(2);
    assertThat(stat(layer, "a/link").inode()).isEqualTo(copy.inode());
    assertThat(copy.mode()).isEqualTo(FileStat.REGULAR | 04750);
    assertThat(copy.uid()).isEqualTo(5);
    assertThat(copy.modifiedNs()).isEqualTo(500_000_000);
    Path file = layer.directory().resolve("f");
    assertThat(Linux.get().lgetxattr(file.toString(), "user.note"))
        .hasValueSatisfying(value -> assertThat(value).asString().isEqualTo("kept"));
    assertThat(Commands.sh(temp, "tail -c +1099511627777 " + file + " | head -c 6"))
        .isEqualTo("middle");
    assertThat(layer.usage().bytes()).isEqualTo(du(layer));
  }

  @Test
  void whatIsCopiedIsInTheUsageAlsoOfTheNextDaemon() throws IOException {
    byte[] lower =
        tree(
            """
            mkdir -p d/e
            head -c 5000000 /dev/urandom > d/e/large
            ln -s $(head -c 200 /dev/zero | tr '\\0' n) symlink
            mknod device c 1 3
            touch empty
            """);
    byte[] upper =
        new Tars()
            .hardLink("1", "d/e/large")
            .hardLink("2", "d/e/large")
            .hardLink("in/new/3", "d/e/large")
            .hardLink("4", "symlink")
            .hardLink("5", "device")
            .hardLink("6", "empty")
            .build();
    Layer layer = unpack(LayerLimits.DEFAULT, lower, upper);
    assertThat(layer.usage().bytes()).isEqualTo(du(layer)).isGreaterThan(5_000_000);
    // The root, d, e, in, new and four files, however many names they have.
    assertThat(layer.usage().inodes()).isEqualTo(9);
    assertThat(stat(layer, "in/new/3").links()).isEqualTo(4);
    assertThat(store().find(stack(lower, upper)).orElseThrow().usage()).isEqualTo(layer.usage());
  }

  @Test
  void aDirectoryThatMovesBehindALinkIsCountedOnce() throws IOException {
    byte[] lower = new Tars().directory("usr/lib", 0755).symlink("lib", "usr/lib").build();
    Layer layer = unpack(LayerLimits.DEFAULT, lower, new Tars().file("lib/sub/f", "x").build());
    assertThat(stat(layer, "usr/lib/sub/f").size()).isEqualTo(1);
    assertThat(layer.usage().bytes()).isEqualTo(du(layer));
    assertThat(layer.usage().inodes())
        .isEqualTo(Commands.run(layer.directory(), "find", ".").lines().count());
  }

  private void assertRefused(
      LayerLimits limits, byte[] lower, byte[] upper, CharSequence... message) throws IOException {
    assertThatThrownBy(() -> unpack(limits, lower, upper))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageContaining("layer " + Digest.of(upper))
        .hasMessageContainingAll(message);
    assertThat(temp.resolve("layers").toFile().list()).containsExactly(Digest.of(lower).hex());
    assertThat(mounts.below(temp)).isEmpty();
  }

  @Test
  void copiesAboveTheLimitOfALayerAreRefusedAndLeaveNothing() throws IOException {
    byte[] lower = tree("for i in 1 2 3; do head -c 1000000 /dev/urandom > f$i; done");
    byte[] upper =
        new Tars()
            .hardLink("a", "f1")
            .hardLink("again", "f1")
            .hardLink("b", "f2")
            .hardLink("c", "f3")
            .build();
    assertRefused(bytes(2_500_000), lower, upper, "more than 2500000 bytes", "\"f3\"");
    assertRefused(bytes(500_000), lower, upper, "more than 500000 bytes", "\"f1\"");
    assertThat(unpack(bytes(3_200_000), lower, upper).usage().bytes())
        .isBetween(3_000_000L, 3_200_000L);
  }

  @Test
  void aLinkThatCannotBeMadeNamesItsLayer() throws IOException {
    byte[] lower = new Tars().directory("d", 0755).build();
    assertRefused(
        LayerLimits.DEFAULT,
        lower,
        new Tars().hardLink("a", "missing").build(),
        "\"a\"",
        "\"missing\"");
    assertRefused(
        LayerLimits.DEFAULT, lower, new Tars().hardLink("a", "d").build(), "directory \"d\"");
  }
}
