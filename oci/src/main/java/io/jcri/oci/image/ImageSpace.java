package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.snapshot.LayerStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an image takes on disk, and how much of it other images have as well.
 *
 * @param layers from the lowest; one that comes twice is here twice and is counted once. Empty when
 *     a layer is missing
 */
public record ImageSpace(Image image, List<OfLayer> layers) {

  /**
   * A layer of the image.
   *
   * @param key of its directory: layers of the same key are the same
   * @param bytes that it takes
   * @param shared whether another image has it as well
   */
  public record OfLayer(Digest diffId, String key, long bytes, boolean shared) {}

  /** The bytes that only this image has. */
  public long uniqueBytes() {
    return bytes(false);
  }

  /** The bytes that other images have as well. */
  public long sharedBytes() {
    return bytes(true);
  }

  private long bytes(boolean shared) {
    Map<String, Long> once = new HashMap<>();
    layers.stream()
        .filter(layer -> layer.shared == shared)
        .forEach(layer -> once.put(layer.key, layer.bytes));
    return once.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Of all images, in their order. */
  static List<ImageSpace> of(Collection<Image> images, LayerStore store) {
    Map<Image, List<Layer>> stacks = new LinkedHashMap<>();
    Map<String, Integer> users = new HashMap<>();
    for (Image image : images) {
      List<Layer> stack = store.findAll(image.diffIds()).orElse(List.of());
      stacks.put(image, stack);
      stack.stream().map(Layer::key).distinct().forEach(key -> users.merge(key, 1, Integer::sum));
    }
    List<ImageSpace> all = new ArrayList<>();
    stacks.forEach((image, stack) -> {
      List<OfLayer> layers = new ArrayList<>();
      for (int i = 0; i < stack.size(); i++) {
        Layer layer = stack.get(i);
        boolean shared = users.getOrDefault(layer.key(), 0) > 1;
        layers.add(new OfLayer(image.diffIds().get(i), layer.key(), layer.usage().bytes(), shared));
      }
      all.add(new ImageSpace(image, layers));
    });
    return all;
  }
}
