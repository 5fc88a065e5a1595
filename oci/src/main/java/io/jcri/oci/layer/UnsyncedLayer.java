package io.jcri.oci.layer;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that is whole, its record included, but that a power cut could still take: {@link
 * LayerMaker#sync} comes before {@link #commit}. Closed without a commit it is deleted. One thread
 * at a time.
 */
public final class UnsyncedLayer implements AutoCloseable {

  private final LayerShelf shelf;
  private final WholeLayer layer;
  private @Nullable Layer committed;

  UnsyncedLayer(LayerShelf shelf, WholeLayer layer) {
    this.shelf = shelf;
    this.layer = layer;
  }

  /**
   * Gives layers of one shelf their places in the store. When it fails, it may be tried again.
   *
   * @throws OciException when one cannot be moved there
   */
  public static void commit(List<UnsyncedLayer> layers) {
    try {
      List<Layer> inStore =
          layers.getFirst().shelf.commit(layers.stream().map(unsynced -> unsynced.layer).toList());
      for (int i = 0; i < layers.size(); i++) {
        layers.get(i).committed = inStore.get(i);
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot store layer " + layers.getFirst().layer.key(), e);
    }
  }

  /** What it is in the store, once it is there. */
  public Layer committed() {
    if (committed == null) {
      throw new IllegalStateException(layer.key() + " is not committed");
    }
    return committed;
  }

  @Override
  public void close() {
    if (committed == null) {
      shelf.discard(layer.directory());
    }
  }
}
