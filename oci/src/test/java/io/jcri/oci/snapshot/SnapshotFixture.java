package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.TestLayers;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Layers and snapshots in a temporary directory. */
abstract class SnapshotFixture {

  final Path temp;
  final Mounts mounts = new Mounts(Linux.get());
  LayerStore layers;
  Snapshotter snapshots;

  SnapshotFixture(@TempDir Path root) {
    temp = root;
    layers = new LayerStore(temp, Linux.get(), mounts);
    snapshots = new Snapshotter(temp, Linux.get(), mounts, layers);
  }

  /** As a daemon that starts again. */
  void open() {
    layers = new LayerStore(temp, Linux.get(), mounts);
    snapshots = new Snapshotter(temp, Linux.get(), mounts, layers);
    layers.removeLeftovers();
  }

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  /** Unpacks each archive upon those before it, and returns their diff IDs. */
  List<Digest> unpack(byte[]... tars) {
    List<Digest> diffIds = new ArrayList<>();
    for (byte[] tar : tars) {
      diffIds.add(Digest.of(tar));
      Layer _ = unpack(List.copyOf(diffIds), tar);
    }
    return diffIds;
  }

  /**
   * Unpacks one.
   *
   * @param stack the diff IDs up to its own
   */
  Layer unpack(List<Digest> stack, byte[] tar) {
    List<Digest> below = stack.subList(0, stack.size() - 1);
    return TestLayers.unpack(
        layers,
        temp,
        stack,
        tar,
        () -> below.isEmpty() ? List.of() : layers.findAll(below).orElseThrow());
  }
}
