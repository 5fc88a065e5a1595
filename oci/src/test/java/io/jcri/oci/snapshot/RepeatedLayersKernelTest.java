package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.snapshot.Snapshotter.Options;
import io.jcri.oci.tar.Tars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that have the same layer several times, as BuildKit makes them. */
class RepeatedLayersKernelTest extends SnapshotFixture {

  private static final byte[] LAYER =
      new Tars()
          .directory(".", 0711)
          .directory("d", 0700)
          .file("d/again", "a")
          .file("f", "a")
          .file(".wh.base", "")
          .build();

  /** Takes away or changes all that the layer has. */
  private static final byte[] BETWEEN =
      new Tars().file("d", "now a file").file("f", "b").file("base", "b").file("own", "b").build();

  RepeatedLayersKernelTest(@TempDir Path root) {
    super(root);
  }

  private static void assertIsTheWholeStack(Path rootfs) throws IOException {
    assertThat(rootfs.toFile().list()).containsExactlyInAnyOrder("d", "f", "own");
    assertThat(rootfs.resolve("d").toFile().list()).containsExactly("again");
    assertThat(Files.readString(rootfs.resolve("f"))).isEqualTo("a");
  }

  @Test
  void aContainerAndAnImageVolumeSeeTheTopmost() throws IOException {
    List<Digest> image = unpack(new Tars().file("base", "x").build(), LAYER, BETWEEN, LAYER, LAYER);
    Snapshot container = snapshots.prepare("c", image, Options.DEFAULT);
    assertIsTheWholeStack(container.rootfs());
    Files.writeString(container.rootfs().resolve("f"), "changed");
    Snapshot volume = snapshots.prepare("v", image, new Options(true, Optional.empty()));
    assertIsTheWholeStack(volume.rootfs());
    mounts.unmount(container.rootfs());
    snapshots.remount("c", Optional.empty());
    assertThat(Files.readString(container.rootfs().resolve("f"))).isEqualTo("changed");
  }

  @Test
  void oneLayerSeveralTimesIsThatLayer() throws IOException {
    List<Digest> image = unpack(LAYER, LAYER);
    Snapshot container = snapshots.prepare("c", image, Options.DEFAULT);
    assertThat(TreeListing.of(container.rootfs()).get("")).startsWith("40711 0:0");
    Snapshot volume = snapshots.prepare("v", image, new Options(true, Optional.empty()));
    assertThat(Files.readString(volume.rootfs().resolve("d/again"))).isEqualTo("a");
  }

  @Test
  void aUserNamespaceSeesTheTopmost() throws Exception {
    List<Digest> image = unpack(LAYER, BETWEEN, LAYER);
    Process holder =
        new ProcessBuilder("unshare", "-U", "sleep", "60").redirectErrorStream(true).start();
    try {
      Path proc = Path.of("/proc/" + holder.pid());
      while (Files.readSymbolicLink(proc.resolve("ns/user"))
          .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")))) {
        assertThat(holder.waitFor(1, TimeUnit.MILLISECONDS)).isFalse();
      }
      Files.writeString(proc.resolve("uid_map"), "0 100000 65536");
      Files.writeString(proc.resolve("gid_map"), "0 100000 65536");
      Optional<Path> namespace = Optional.of(proc.resolve("ns/user"));
      Snapshot container = snapshots.prepare("c", image, new Options(false, namespace));
      assertIsTheWholeStack(container.rootfs());
      assertThat(TreeListing.of(container.rootfs()).get("f")).startsWith("100644 100000:100000");
      Snapshot volume = snapshots.prepare("v", image, new Options(true, namespace));
      assertIsTheWholeStack(volume.rootfs());
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void aLayerThatNeedsThoseBelowIsUnpackedOnThem() throws IOException {
    List<Digest> image =
        unpack(LAYER, BETWEEN, LAYER, new Tars().file("d/new", "x").hardLink("g", "f").build());
    Snapshot container = snapshots.prepare("c", image, Options.DEFAULT);
    var tree = TreeListing.of(container.rootfs());
    assertThat(tree.get("d")).startsWith("40700 ");
    assertThat(tree.keySet()).contains("d/again", "d/new", "own");
    assertThat(Files.readString(container.rootfs().resolve("g"))).isEqualTo("a");
  }
}
