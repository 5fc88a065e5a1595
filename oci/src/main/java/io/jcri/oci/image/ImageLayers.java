package io.jcri.oci.image;

import io.jcri.oci.snapshot.LayerStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The layers that images have, worked out once for each state of the catalog. Thread-safe. */
final class ImageLayers {

  private record Known(Catalog of, Set<String> keys) {}

  private final ImageBook book;
  private final LayerStore layers;
  private volatile @Nullable Known known;

  ImageLayers(ImageBook book, LayerStore layers) {
    this.book = book;
    this.layers = layers;
  }

  /** Whether all layers of these keys are some image's. */
  boolean containAll(List<String> used) {
    return keys().containsAll(used);
  }

  private Set<String> keys() {
    Catalog now = book.catalog();
    Known latest = known;
    if (latest == null || latest.of() != now) {
      Set<String> keys = new HashSet<>();
      for (Image image : now.images()) {
        layers
            .findAll(image.diffIds())
            .ifPresent(stack -> stack.forEach(layer -> keys.add(layer.key())));
      }
      latest = new Known(now, keys);
      known = latest;
    }
    return latest.keys();
  }
}
