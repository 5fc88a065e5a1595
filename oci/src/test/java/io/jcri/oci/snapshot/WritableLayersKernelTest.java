package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.TestLayers;
import io.jcri.oci.snapshot.Snapshotter.Options;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container has changed goes into another one whole, and both keep their labels. */
class WritableLayersKernelTest {

  private static final String LABEL = "system_u:object_r:container_file_t:s0:c1,c2";

  private final LabellingKernel kernel = new LabellingKernel();
  private final Path temp;
  private final Mounts mounts;
  private final LayerStore layers;
  private final Snapshotter snapshots;
  private final WritableLayers writable;

  WritableLayersKernelTest(@TempDir Path root) {
    Syscalls calls = kernel.calls();
    temp = root;
    mounts = new Mounts(calls);
    layers = new LayerStore(temp, calls, mounts);
    snapshots = new Snapshotter(temp, calls, mounts, layers);
    writable = new WritableLayers(calls, mounts, snapshots);
  }

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  private List<Digest> image() {
    byte[] tar = new Tars().directory(".", 0755).file("f", "image").build();
    Layer _ = TestLayers.unpack(layers, temp, List.of(Digest.of(tar)), tar, () -> List.of());
    return List.of(Digest.of(tar));
  }

  private static Options labelled(boolean readOnly) {
    return new Options(readOnly, false, Optional.empty(), Optional.empty(), Optional.of(LABEL));
  }

  @Test
  void theRootKeepsModeOwnerTimesAndAttributesAndTheMountItsLabel() throws IOException {
    List<Digest> image = image();
    Snapshot from = snapshots.prepare("from", image, labelled(false));
    Commands.sh(
        from.rootfs(),
        """
        echo changed >f
        chown 7:8 .
        chmod 1711 .
        setfattr -n user.root -v mine .
        touch -d '2001-02-03 04:05:06.7' .
        """);
    ByteArrayOutputStream changes = new ByteArrayOutputStream();
    writable.pack("from", changes);

    Snapshot to = snapshots.prepare("to", image, labelled(false));
    byte[] archive = changes.toByteArray();
    writable.unpack("to", new ByteArrayInputStream(archive), archive.length, Optional.empty());

    assertThat(Files.readString(to.rootfs().resolve("f"))).isEqualTo("changed\n");
    assertThat(Commands.sh(to.rootfs(), "stat -c '%a %u %g %.9Y' .; getfattr -n user.root ."))
        .isEqualTo(Commands.sh(from.rootfs(), "stat -c '%a %u %g %.9Y' .; getfattr -n user.root ."))
        .startsWith("1711 7 8 ")
        .contains("mine");
    assertThat(kernel.labels).containsExactly(LABEL, LABEL, LABEL);
  }

  @Test
  void aSnapshotOfOneLayerThatCanOnlyBeReadIsLabelledToo() throws IOException {
    Snapshot volume = snapshots.prepare("volume", image(), labelled(true));
    assertThat(kernel.labels).containsExactly(LABEL);
    assertThat(Files.readString(volume.rootfs().resolve("f"))).isEqualTo("image");
    assertThat(Commands.sh(volume.rootfs(), "touch x 2>&1 || true")).contains("Read-only");
  }
}
