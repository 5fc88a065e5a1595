package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.archive.ArchiveWriter;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.snapshot.LayerHold;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Writes images into an archive, of their trees. Thread-safe. */
final class ImageSave {

  private final ImageBook book;
  private final LayerStore layers;
  private final Snapshotter snapshotter;
  private final Syscalls sys;
  private final DocumentRoom readers;

  ImageSave(
      ImageBook book,
      LayerStore layers,
      Snapshotter snapshotter,
      Syscalls sys,
      DocumentRoom readers) {
    this.book = book;
    this.layers = layers;
    this.snapshotter = snapshotter;
    this.sys = sys;
    this.readers = readers;
  }

  /** As {@link ImageStore#save}. */
  void save(List<String> wanted, SaveOptions options, OutputStream out) {
    Map<String, Set<String>> names = new LinkedHashMap<>();
    for (String one : wanted) {
      Image image = require(one);
      Set<String> of = names.computeIfAbsent(image.id(), id -> new LinkedHashSet<>());
      Optional<String> name = Catalog.name(one);
      name.filter(image.repoTags()::contains).ifPresent(of::add);
    }
    try {
      ArchiveWriter archive = new ArchiveWriter(sys, out);
      SavedLayers saved = new SavedLayers(layers, options, archive);
      SavedImages images = new SavedImages(options.format(), archive);
      for (Map.Entry<String, Set<String>> one : names.entrySet()) {
        save(require(one.getKey()), List.copyOf(one.getValue()), saved, images);
      }
      images.finish();
    } catch (IOException e) {
      throw OciException.ofIo("cannot save " + String.join(" ", wanted), e);
    }
  }

  private void save(Image image, List<String> names, SavedLayers saved, SavedImages images)
      throws IOException {
    LayerHold hold = snapshotter.hold(image.diffIds());
    try {
      Map<Digest, Layer> byDiffId = new LinkedHashMap<>();
      List<Layer> found =
          layers
              .findAll(image.diffIds())
              .orElseThrow(() ->
                  new OciException(
                      OciException.Kind.NOT_FOUND,
                      "image " + image.id() + " has lost a layer; pull it again"));
      for (int i = 0; i < found.size(); i++) {
        // Of a layer that comes twice the upper one hides all of the other.
        byDiffId.put(image.diffIds().get(i), found.get(i));
      }
      Map<Digest, SavedLayers.Saved> made = new LinkedHashMap<>();
      for (Map.Entry<Digest, Layer> layer : byDiffId.entrySet()) {
        made.put(layer.getKey(), saved.save(layer.getValue()));
      }
      List<SavedLayers.Saved> stack = new ArrayList<>();
      Map<Digest, Digest> renamed = new LinkedHashMap<>();
      for (Digest diffId : image.diffIds()) {
        SavedLayers.Saved layer = Objects.requireNonNull(made.get(diffId));
        stack.add(layer);
        renamed.put(diffId, layer.diffId());
      }
      try (DocumentRoom.Taken _ = readers.take(book.recordBytes(image), "image " + image.id())) {
        byte[] config =
            SavedImages.rewritten(
                book.config(image),
                renamed,
                stack.stream().map(SavedLayers.Saved::diffId).toList(),
                image.id());
        images.add(config, stack, names);
      }
    } finally {
      hold.close();
    }
  }

  private Image require(String nameOrId) {
    Image image =
        book.catalog()
            .find(nameOrId)
            .orElseThrow(
                () -> new OciException(OciException.Kind.NOT_FOUND, "no image " + nameOrId));
    if (image.artifact().isPresent()) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "%s is an artifact of type %s, only images are saved"
              .formatted(nameOrId, image.artifact().get()));
    }
    return image;
  }
}
