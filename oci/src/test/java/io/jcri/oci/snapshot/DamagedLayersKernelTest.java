package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.snapshot.Snapshotter.Options;
import io.jcri.oci.tar.Tars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers whose records cannot be read stay for those who stand on them, and for no one else. */
class DamagedLayersKernelTest extends SnapshotFixture {

  private static final byte[] LOWER = new Tars().file("lower/f", "lower").build();
  private static final byte[] UPPER = new Tars().directory("d", 0700).file("d/f", "upper").build();
  private static final Options VOLUME = new Options(true, Optional.empty());

  enum Damage {
    TORN("printf '{\"version\":1,\"diff' > layer.json"),
    EMPTY(": > layer.json"),
    NEWER("sed -i 's/\"version\":1/\"version\":2/' layer.json"),
    MISSING("rm layer.json"),
    /** Reading fails, as with a bad sector. */
    UNREADABLE("mv layer.json saved; mkdir layer.json");

    private final String script;

    Damage(String script) {
      this.script = script;
    }
  }

  DamagedLayersKernelTest(@TempDir Path root) {
    super(root);
  }

  /** As a pull does it. */
  private List<Digest> pull(byte[]... tars) {
    List<Digest> diffIds = new ArrayList<>();
    for (byte[] tar : tars) {
      diffIds.add(Digest.of(tar));
    }
    try (LayerHold _ = snapshots.hold(diffIds)) {
      for (int i = 0; i < tars.length; i++) {
        List<Digest> stack = diffIds.subList(0, i + 1);
        if (layers.find(stack).isEmpty()) {
          Layer _ = unpack(stack, tars[i]);
        }
      }
    }
    return diffIds;
  }

  /** Damages the records of all layers. */
  private void damage(Damage damage) {
    Commands.sh(temp, "for l in layers/*; do (cd $l; " + damage.script + "); done");
  }

  private List<String> names() {
    return List.of(temp.resolve("layers").toFile().list());
  }

  private static void assertIsWhole(Path rootfs) {
    assertThat(rootfs.resolve("lower/f")).hasContent("lower");
    assertThat(rootfs.resolve("d/f")).hasContent("upper");
  }

  private void assertIsMissing(List<Digest> image) {
    assertThat(layers.findAll(image)).isEmpty();
    assertThat(layers.seemsToHave(image)).isFalse();
    assertThat(layers.list()).isEmpty();
    assertThat(layers.usage()).isEqualTo(DiskUsage.NONE);
    assertThatThrownBy(() -> snapshots.prepare("new", image, Options.DEFAULT))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.NOT_FOUND));
  }

  @ParameterizedTest
  @EnumSource
  void whatStandsOnThemGoesOnAndIsMountedAgain(Damage damage) throws IOException {
    List<Digest> image = pull(LOWER, UPPER);
    Path container = snapshots.prepare("c", image, Options.DEFAULT).rootfs();
    Path volume = snapshots.prepare("v", image, VOLUME).rootfs();
    Files.writeString(container.resolve("written"), "x");
    damage(damage);
    open();
    assertIsMissing(image);
    snapshots.collect(List::of);
    assertIsWhole(container);
    mounts.unmount(container);
    mounts.unmount(volume);
    open();
    snapshots.remount("c", Optional.empty());
    snapshots.remount("v", Optional.empty());
    assertIsWhole(container);
    assertIsWhole(volume);
    assertThat(container.resolve("written")).hasContent("x");

    snapshots.remove("c");
    snapshots.collect(List::of);
    assertIsWhole(volume);
    snapshots.remove("v");
    snapshots.collect(List::of);
    assertThat(names()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theyAreBroughtAgainBesideThoseThatAreMounted(Damage damage) throws IOException {
    List<Digest> image = pull(LOWER, UPPER);
    Path old = snapshots.prepare("old", image, Options.DEFAULT).rootfs();
    damage(damage);
    open();
    List<Digest> again = pull(LOWER, UPPER);
    assertThat(again).isEqualTo(image);
    assertThat(layers.findAll(image)).isPresent();
    assertThat(names()).hasSize(4).filteredOn(name -> name.startsWith("kept-")).hasSize(2);
    Path fresh = snapshots.prepare("fresh", image, Options.DEFAULT).rootfs();
    assertIsWhole(fresh);

    open();
    snapshots.collect(List::of);
    assertThat(names()).hasSize(4);
    // Never looked at before: nothing of it is in the kernel's cache under another name.
    assertIsWhole(old);
    snapshots.remove("fresh");
    assertIsWhole(old);
    mounts.unmount(old);
    snapshots.remount("old", Optional.empty());
    assertIsWhole(old);
    snapshots.remove("old");
    assertThat(names()).hasSize(2).noneMatch(name -> name.startsWith("kept-"));
    assertThat(layers.findAll(image)).isPresent();
    snapshots.collect(List::of);
    assertThat(names()).isEmpty();
  }

  @Test
  void damageThatNobodyStandsOnGoes() {
    List<Digest> image = pull(LOWER, UPPER);
    damage(Damage.TORN);
    open();
    List<Digest> _ = pull(LOWER, UPPER);
    assertThat(layers.findAll(image)).isPresent();
    assertThat(names()).hasSize(2).noneMatch(name -> name.startsWith("kept-"));
    damage(Damage.TORN);
    open();
    assertIsMissing(image);
    snapshots.collect(() -> List.of(image));
    assertThat(names()).hasSize(2);
    snapshots.collect(List::of);
    assertThat(names()).isEmpty();
  }

  @Test
  void aDaemonThatDiedBetweenBothRenamesHasLostNothing() throws IOException {
    List<Digest> image = pull(LOWER, UPPER);
    Path container = snapshots.prepare("c", image, Options.DEFAULT).rootfs();
    damage(Damage.TORN);
    mounts.unmount(container);
    Commands.sh(temp, "cd layers; for l in *; do mv $l kept-$l-1-abc; done");
    open();
    snapshots.collect(List::of);
    snapshots.remount("c", Optional.empty());
    assertIsWhole(container);
    List<Digest> _ = pull(LOWER, UPPER);
    assertIsWhole(container);
    snapshots.remove("c");
    assertThat(names()).hasSize(2).noneMatch(name -> name.startsWith("kept-"));
  }

  @Test
  void aSnapshotThatCannotBeReadKeepsWhatWasSetAside() throws IOException {
    Path container = snapshots.prepare("c", pull(LOWER, UPPER), Options.DEFAULT).rootfs();
    damage(Damage.TORN);
    open();
    List<Digest> _ = pull(LOWER, UPPER);
    Files.writeString(temp.resolve("snapshots/c/snapshot.json"), "{torn");
    open();
    List<Digest> _ = pull(LOWER, UPPER);
    snapshots.collect(List::of);
    assertIsWhole(container);
    assertThat(names()).hasSize(4);
    snapshots.remove("c");
    assertThat(names()).hasSize(2);
  }

  @Test
  void whatCanBeReadLaterIsBack() {
    List<Digest> image = pull(LOWER, UPPER);
    DiskUsage usage = layers.usage();
    damage(Damage.UNREADABLE);
    open();
    assertIsMissing(image);
    Commands.sh(temp, "for l in layers/*; do rmdir $l/layer.json; mv $l/saved $l/layer.json; done");
    assertThat(layers.findAll(image)).isPresent();
    assertThat(layers.seemsToHave(image)).isTrue();
    assertThat(layers.usage()).isEqualTo(usage);
    assertThat(names()).hasSize(2);
  }

  @Test
  void whatAnOpaqueLayerHidesStaysHidden() throws IOException {
    List<Digest> image = pull(LOWER, new Tars().file(".wh..wh..opq", "").file("new", "x").build());
    Snapshot container = snapshots.prepare("c", image, Options.DEFAULT);
    assertThat(container.layerKeys()).containsExactly(image.getLast().hex());
    damage(Damage.TORN);
    mounts.unmount(container.rootfs());
    open();
    snapshots.remount("c", Optional.empty());
    assertThat(container.rootfs().toFile().list()).containsExactly("new");
  }
}
