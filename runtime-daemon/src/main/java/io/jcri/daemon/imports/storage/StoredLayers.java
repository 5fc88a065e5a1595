package io.jcri.daemon.imports.storage;

import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.StoredFile;
import io.jcri.oci.Digest;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The layers of a containers/storage directory, as the tar archives they came of. Not thread-safe.
 */
final class StoredLayers {
  private final Syscalls sys;
  private final Path root;
  private final Map<String, StorageRecords.Layer> layers;

  /** How many bytes archives have: to find out costs a look at all of a tar-split. */
  private final Map<Path, Long> sizes = new HashMap<>();

  StoredLayers(Syscalls sys, Path root, Map<String, StorageRecords.Layer> layers) {
    this.sys = sys;
    this.root = root;
    this.layers = layers;
  }

  /**
   * The layers of an image, from the lowest.
   *
   * @param diffIds as its config has them
   * @throws ImportException when they are not these, or an archive cannot be made again
   */
  List<StoredFile> of(StorageRecords.Image image, List<Digest> diffIds) throws IOException {
    List<StorageRecords.Layer> stack = stack(image);
    if (stack.size() != diffIds.size()) {
      throw new ImportException(
          "it has %d layers on disk, its config names %d".formatted(stack.size(), diffIds.size()));
    }
    List<StoredFile> files = new ArrayList<>();
    for (int i = 0; i < stack.size(); i++) {
      StorageRecords.Layer layer = stack.get(i);
      Optional<String> diffId = Optional.ofNullable(layer.diffId()).filter(id -> !id.isEmpty());
      if (diffId.isPresent() && !diffId.get().equals(diffIds.get(i).toString())) {
        throw new ImportException(
            "its layer %s is said to be %s, not %s"
                .formatted(layer.id(), diffId.get(), diffIds.get(i)));
      }
      files.add(file(layer.id(), diffIds.get(i)));
    }
    return files;
  }

  private List<StorageRecords.Layer> stack(StorageRecords.Image image) throws IOException {
    List<StorageRecords.Layer> stack = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    String next = image.layer();
    while (next != null && !next.isEmpty()) {
      StorageRecords.Layer layer = layers.get(next);
      if (layer == null || !seen.add(next)) {
        throw new ImportException("its layer " + next + " is not there");
      }
      stack.addFirst(layer);
      next = layer.parent();
    }
    return stack;
  }

  private StoredFile file(String id, Digest diffId) throws IOException {
    Path split = root.resolve("overlay-layers").resolve(id + ".tar-split.gz");
    Path files = root.resolve("overlay").resolve(id);
    if (Files.exists(files.resolve("composefs-data"))) {
      throw new ImportException("its layer " + id + " is kept as composefs");
    }
    return new StoredFile(
        diffId, size(id, split), () -> new LayerTar(sys, split, files.resolve("diff")));
  }

  private long size(String id, Path split) throws IOException {
    Long known = sizes.get(split);
    if (known != null) {
      return known;
    }
    try {
      long size = LayerTar.size(split);
      sizes.put(split, size);
      return size;
    } catch (NoSuchFileException e) {
      throw new ImportException("its layer " + id + " has no tar-split to make its archive of", e);
    }
  }
}
