package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.TestLayers;
import io.jcri.oci.snapshot.Snapshotter.Options;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotterKernelTest {

  private final Path temp;
  private final Mounts mounts = new Mounts(Linux.get());
  private LayerStore layers;
  private Snapshotter snapshots;

  SnapshotterKernelTest(@TempDir Path root) {
    temp = root;
    layers = new LayerStore(temp, Linux.get(), mounts);
    snapshots = new Snapshotter(temp, Linux.get(), mounts, layers);
  }

  /** As a daemon that starts again. */
  private void open() {
    layers = new LayerStore(temp, Linux.get(), mounts);
    snapshots = new Snapshotter(temp, Linux.get(), mounts, layers);
  }

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  private List<Digest> stack(byte[]... tars) {
    List<Digest> diffIds = new ArrayList<>();
    for (byte[] tar : tars) {
      diffIds.add(Digest.of(tar));
      List<Digest> stack = List.copyOf(diffIds);
      Layer layer =
          TestLayers.unpack(
              layers,
              temp,
              stack,
              tar,
              () -> layers.findAll(stack.subList(0, stack.size() - 1)).orElseThrow());
      assertThat(layers.find(stack)).contains(layer);
    }
    return diffIds;
  }

  @Test
  void oneTreeSharesLayersAndKeepsChangesApart() throws IOException {
    List<Digest> image = stack(new Tars().directory(".", 0711).file("f", "image").build());
    Snapshot a = snapshots.prepare("a", image, Options.DEFAULT);
    Snapshot b = snapshots.prepare("b", image, Options.DEFAULT);
    Files.writeString(a.rootfs().resolve("f"), "changed");
    assertThat(Files.readString(b.rootfs().resolve("f"))).isEqualTo("image");
    assertThat(Files.readString(layers.find(image).orElseThrow().directory().resolve("f")))
        .isEqualTo("image");
    assertThat(TreeListing.of(a.rootfs()).get("")).startsWith("40711 0:0");
    assertThatThrownBy(() -> snapshots.prepare("a", image, Options.DEFAULT))
        .hasMessageContaining("exists already");
    assertThat(Files.readString(a.rootfs().resolve("f"))).isEqualTo("changed");
  }

  @Test
  void aReadOnlySnapshotCannotBeChanged() throws IOException {
    List<Digest> image =
        stack(new Tars().file("one", "1").build(), new Tars().file("two", "2").build());
    Snapshot volume = snapshots.prepare("v", image, new Options(true, Optional.empty()));
    assertThat(volume.rootfs().toFile().list()).containsExactlyInAnyOrder("one", "two");
    assertThatThrownBy(() -> Files.writeString(volume.rootfs().resolve("x"), "x"))
        .hasMessageContaining("Read-only");
  }

  @Test
  void anOpaqueRootHidesAllBelow() throws IOException {
    List<Digest> image =
        stack(
            new Tars().file("old", "1").build(),
            new Tars().file(".wh..wh..opq", "").file("new", "2").build());
    Snapshot snapshot = snapshots.prepare("o", image, Options.DEFAULT);
    assertThat(snapshot.rootfs().toFile().list()).containsExactly("new");
  }

  @Test
  void theSameDiffOnOtherLayersMayBeAnotherTree() throws IOException {
    byte[] dependent = new Tars().file("d/below", "x").build();
    List<Digest> alone = stack(dependent);
    List<Digest> above = stack(new Tars().directory("d", 01777).build(), dependent);
    assertThat(layers.list()).hasSize(3);
    Snapshot a = snapshots.prepare("a", alone, Options.DEFAULT);
    Snapshot b = snapshots.prepare("b", above, Options.DEFAULT);
    assertThat(TreeListing.of(a.rootfs()).get("d")).startsWith("40755 ");
    assertThat(TreeListing.of(b.rootfs()).get("d")).startsWith("41777 ");
    open();
    assertThat(layers.findAll(alone)).isPresent();
    assertThat(layers.findAll(above)).isPresent();
  }

  @Test
  void aSnapshotIsMountedAgainAfterItsMountWasLost() throws IOException {
    List<Digest> image = stack(new Tars().file("f", "image").build());
    Snapshot snapshot = snapshots.prepare("a", image, Options.DEFAULT);
    Files.writeString(snapshot.rootfs().resolve("kept"), "x");
    mounts.unmount(snapshot.rootfs());
    open();
    snapshots.remount("a", Optional.empty());
    snapshots.remount("a", Optional.empty());
    assertThat(mounts.below(temp)).hasSize(1);
    assertThat(snapshot.rootfs().resolve("kept")).exists();
    assertThat(snapshot.rootfs().resolve("f")).exists();
  }

  @Test
  void aSnapshotThatCannotBeMadeLeavesNothing() throws IOException {
    List<Digest> image = stack(new Tars().file("f", "x").build());
    assertThatThrownBy(() ->
            snapshots.prepare(
                "u", image, new Options(false, Optional.of(temp.resolve("no-such-namespace")))))
        .isInstanceOf(OciException.class)
        .hasMessageContaining("snapshot u");
    assertThat(temp.resolve("snapshots")).isEmptyDirectory();
    assertThat(snapshots.list()).isEmpty();
    assertThatThrownBy(
            () -> snapshots.prepare("m", List.of(Digest.of(new byte[1])), Options.DEFAULT))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.NOT_FOUND));
    assertThatThrownBy(() -> snapshots.remove("../layers"))
        .hasMessageContaining("bad snapshot key");
  }

  @Test
  void aMappedSnapshotShowsTheNamespacesIds() throws Exception {
    List<Digest> image =
        stack(
            new Tars().directory(".", 0755).file("f", "x", 0644, 5, 6, java.util.Map.of()).build());
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
      Snapshot snapshot =
          snapshots.prepare("m", image, new Options(false, Optional.of(proc.resolve("ns/user"))));
      var tree = TreeListing.of(snapshot.rootfs());
      assertThat(tree.get("")).startsWith("40755 100000:100000");
      assertThat(tree.get("f")).startsWith("100644 100005:100006");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void aDamagedRecordKeepsItsLayersUntilTheSnapshotIsRemoved() throws IOException {
    List<Digest> image = stack(new Tars().file("f", "x").build());
    Snapshot snapshot = snapshots.prepare("a", image, Options.DEFAULT);
    Files.writeString(temp.resolve("snapshots/a/snapshot.json"), "{torn");
    open();
    snapshots.collect(List::of);
    assertThat(snapshot.rootfs().resolve("f")).hasContent("x");
    snapshots.remove("a");
    snapshots.collect(List::of);
    assertThat(layers.list()).isEmpty();
    assertThat(layers.usage()).isEqualTo(DiskUsage.NONE);
    assertThat(temp.resolve("layers")).isEmptyDirectory();
  }
}
