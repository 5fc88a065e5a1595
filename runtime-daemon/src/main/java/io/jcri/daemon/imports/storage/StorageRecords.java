package io.jcri.daemon.imports.storage;

import io.jcri.daemon.imports.ImportException;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lists of images and layers in a containers/storage directory. Both are replaced by rename, so
 * each is whole.
 */
record StorageRecords(List<Image> images, Map<String, Layer> layers) {
  /** Some hundred thousand layers. */
  private static final int MOST_VALUES = 8 << 20;

  /**
   * An image (containers/storage, images.go).
   *
   * @param names in full, of tags and digests
   * @param layer the uppermost; empty when there is none
   * @param files names of its documents
   */
  record Image(
      String id,
      List<String> names,
      @Nullable String layer,
      @Json.Name("big-data-names") List<String> files) {}

  /**
   * A layer (containers/storage, layers.go).
   *
   * @param parent the layer below; empty or null of the lowest
   * @param diffId empty or null where only a part of it was fetched
   */
  record Layer(
      String id, @Nullable String parent, @Json.Name("diff-digest") @Nullable String diffId) {}

  /**
   * Reads both.
   *
   * @throws ImportException when one is missing or damaged
   */
  static StorageRecords read(Path root) throws IOException {
    Image[] images = read(root.resolve("overlay-images/images.json"), Image[].class);
    Map<String, Layer> layers = new HashMap<>();
    for (Layer layer : read(root.resolve("overlay-layers/layers.json"), Layer[].class)) {
      layers.put(layer.id, layer);
    }
    return new StorageRecords(Stream.of(images).toList(), layers);
  }

  private static <T> T read(Path file, Class<T> type) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return Json.parse(in, type, MOST_VALUES);
    } catch (NoSuchFileException e) {
      throw new ImportException("there is no " + file, e);
    } catch (OciException e) {
      throw new ImportException(file + ": " + e.getMessage(), e);
    }
  }
}
