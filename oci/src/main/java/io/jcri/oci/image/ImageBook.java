package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.snapshot.Layer;
import io.jcri.oci.snapshot.LayerStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which images there are and how they are called: the catalog in memory and its records on disk, in
 * step. Reading takes no lock. Thread-safe.
 */
final class ImageBook {

  private static final Logger LOG = LoggerFactory.getLogger(ImageBook.class);

  private final ImageRecords records;
  private final LayerStore layers;
  private final InstantSource clock;

  /** Held while a record is written. */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile Catalog catalog;

  ImageBook(Path stateRoot, LayerStore layers, InstantSource clock) {
    this.records = new ImageRecords(stateRoot);
    this.layers = layers;
    this.clock = clock;
    this.catalog = records.load(layers);
  }

  Catalog catalog() {
    return catalog;
  }

  /** The image's own config, JSON as its author wrote it. */
  String config(Image image) {
    return records.config(image.id());
  }

  /** Enters an image whose layers are on disk, or gives more names to one that is here. */
  Image record(
      ImageFetch.Content found, List<Layer> stack, List<String> tags, List<String> digests) {
    long size = found.rawConfig().length();
    for (Layer layer : stack) {
      size += layer.usage().bytes();
    }
    lock.lock();
    try {
      Optional<Image> before = catalog.byId(found.id());
      TreeSet<String> allTags = new TreeSet<>(tags);
      TreeSet<String> allDigests = new TreeSet<>(digests);
      before.ifPresent(image -> allTags.addAll(image.repoTags()));
      before.ifPresent(image -> allDigests.addAll(image.repoDigests()));
      Image image =
          new Image(
              found.id(),
              List.copyOf(allTags),
              List.copyOf(allDigests),
              size,
              found.parsed().config(),
              found.parsed().diffIds(),
              before.map(Image::pinned).orElse(false),
              before.map(Image::created).orElseGet(clock::instant));
      if (before.isPresent() && before.get().equals(image)) {
        return image;
      }
      // Their names were renamed into place and may not have reached the disk yet.
      layers.syncNames();
      records.write(image, found.rawConfig());
      takeNames(image);
      catalog = catalog.with(image);
      return image;
    } finally {
      lock.unlock();
    }
  }

  /** A tag names one image: the others lose it. */
  private void takeNames(Image owner) {
    for (Image other : catalog.images()) {
      if (other.id().equals(owner.id())) {
        continue;
      }
      List<String> tags = without(other.repoTags(), owner.repoTags());
      List<String> digests = without(other.repoDigests(), owner.repoDigests());
      if (tags.size() < other.repoTags().size() || digests.size() < other.repoDigests().size()) {
        replace(other.withNames(tags, digests));
      }
    }
  }

  private static List<String> without(List<String> names, List<String> taken) {
    return names.stream().filter(name -> !taken.contains(name)).toList();
  }

  private void replace(Image image) {
    records.write(image, records.config(image.id()));
    catalog = catalog.with(image);
  }

  /** Strikes out an image with all its names; returns it when it was here. */
  Optional<Image> remove(String nameOrId) {
    lock.lock();
    try {
      Optional<Image> image = catalog.find(nameOrId);
      image.ifPresent(found -> {
        records.delete(found.id());
        catalog = catalog.without(found.id());
      });
      return image;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Strikes out the images that have lost a layer; they must be pulled again. Reads the records of
   * all layers.
   */
  void forgetIncomplete() {
    for (Image image : catalog.images()) {
      if (layers.findAll(image.diffIds()).isEmpty()) {
        forgetIfIncomplete(image.id());
      }
    }
  }

  /** Looks again, as a pull may have brought the layer back meanwhile. */
  private void forgetIfIncomplete(String id) {
    lock.lock();
    try {
      Optional<Image> image = catalog.byId(id);
      if (image.isPresent() && layers.findAll(image.get().diffIds()).isEmpty()) {
        LOG.warn("image {} {} has lost a layer and is forgotten", id, image.get().repoTags());
        Optional<Image> _ = remove(id);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Marks an image as one to keep, or no longer. */
  Image pin(String nameOrId, boolean pinned) {
    lock.lock();
    try {
      Image image =
          catalog
              .find(nameOrId)
              .orElseThrow(
                  () -> new OciException(OciException.Kind.NOT_FOUND, "no image " + nameOrId));
      Image changed = image.withPinned(pinned);
      if (image.pinned() != pinned) {
        replace(changed);
      }
      return changed;
    } finally {
      lock.unlock();
    }
  }
}
