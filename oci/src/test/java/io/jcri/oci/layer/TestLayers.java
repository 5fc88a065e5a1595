package io.jcri.oci.layer;

import io.jcri.oci.Digest;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Unpacks archives into a store. */
public final class TestLayers {

  private TestLayers() {}

  /**
   * As {@link LayerMaker#unpack}.
   *
   * @param root of the store
   */
  public static Layer unpack(
      LayerStore store, Path root, List<Digest> stack, byte[] blob, Supplier<List<Layer>> lower) {
    return unpack(store, root, LayerLimits.DEFAULT, stack, blob, lower);
  }

  public static Layer unpack(
      LayerStore store,
      Path root,
      LayerLimits limits,
      List<Digest> stack,
      byte[] blob,
      Supplier<List<Layer>> lower) {
    LayerMaker maker = new LayerMaker(root, Linux.get(), new Mounts(Linux.get()), limits);
    try (UnsyncedLayer layer =
        maker.unpack(store, stack, new ByteArrayInputStream(blob), blob.length, lower)) {
      maker.sync();
      UnsyncedLayer.commit(List.of(layer));
      return layer.committed();
    }
  }
}
