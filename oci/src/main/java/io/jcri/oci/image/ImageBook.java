package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.snapshot.LayerStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
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

  private final UnlistedImages unlisted;
  private volatile Catalog catalog = Catalog.EMPTY;

  /** Whether the records could be listed; if not, it is tried again when somebody asks. */
  private volatile boolean known;

  ImageBook(Path stateRoot, LayerStore layers, InstantSource clock) {
    this.records = new ImageRecords(stateRoot);
    this.layers = layers;
    this.clock = clock;
    this.unlisted = new UnlistedImages(records);
    try {
      load();
    } catch (OciException e) {
      LOG.error("no image can be used and nothing is collected: {}", e.getMessage());
    }
  }

  private void load() {
    layers
        .unlisted()
        .ifPresent(why -> {
          throw new OciException(OciException.Kind.UNAVAILABLE, why);
        });
    ImageRecords.Loaded loaded = records.load(layers);
    unlisted.found(loaded);
    List<Image> images = ImageNames.distinct(loaded.images());
    Set<Image> asWritten =
        loaded.images().stream().map(ImageRecords.Written::image).collect(Collectors.toSet());
    catalog = Catalog.of(images);
    known = true;
    for (Image image : images) {
      if (!asWritten.contains(image)) {
        rewriteIfPossible(image);
      }
    }
  }

  /** Should it fail, the next start takes the same names away. */
  private void rewriteIfPossible(Image image) {
    LOG.warn("image {} is called {} only: the rest is a later image's", image.id(), names(image));
    try {
      records.rewrite(image);
    } catch (OciException e) {
      LOG.warn("record of image {} keeps names that it has lost: {}", image.id(), e.getMessage());
    }
  }

  /**
   * All images that are listed.
   *
   * @throws OciException UNAVAILABLE when the records cannot be listed
   */
  Catalog catalog() {
    if (!known) {
      lock.lock();
      try {
        if (!known) {
          load();
          // Who opened us has looked for such images when there were none to be seen.
          Thread _ =
              Thread.ofPlatform().daemon().name("jcri-image-clean").start(this::forgetIncomplete);
        }
      } finally {
        lock.unlock();
      }
    }
    return catalog;
  }

  /** Whether the images could be listed. */
  boolean isKnown() {
    return known;
  }

  /** Whether all layers that images need are known, so that others may go. */
  boolean isComplete() {
    return known && unlisted.unreadable().isEmpty();
  }

  /** The image's own config, JSON as its author wrote it. */
  byte[] config(Image image) {
    return records.config(image.id());
  }

  /** Those of its layers that can be read file by file. */
  List<SeekableLayer> seekable(Image image) {
    return records.seekable(image.id());
  }

  /** What all records take. */
  DiskUsage usage() {
    return records.usage();
  }

  /** How large the record is that the config is read from. */
  long recordBytes(Image image) {
    return records.bytes(image.id());
  }

  /** IDs of images whose layers are not known, so that no layer may go. */
  Set<String> unreadable() {
    return unlisted.unreadable();
  }

  /** Whether an image that is not listed is meant, which can only be removed. */
  boolean hasUnlisted(String nameOrId) {
    return unlisted.has(nameOrId);
  }

  /** Looks again at the records that could not be read. */
  void readAgain() {
    lock.lock();
    try {
      unlisted.readAgain(
          layers, () -> ImageLimits.CATALOG_BYTES - catalog.weight(), this::enterAgain);
    } finally {
      lock.unlock();
    }
  }

  /** Names that others were given meanwhile are theirs. */
  private void enterAgain(Image image) {
    Image left = ImageNames.untaken(image, catalog.images());
    if (!left.equals(image)) {
      records.rewrite(left);
    }
    catalog = catalog.with(left);
  }

  /** The layers that images need, whether they are listed or not. */
  List<List<Digest>> diffIds() {
    List<List<Digest>> all = new ArrayList<>();
    catalog.images().forEach(image -> all.add(image.diffIds()));
    all.addAll(unlisted.diffIds());
    return all;
  }

  /** Enters an image whose layers are on disk, or gives more names to one that is here. */
  Image record(FetchedImage found, List<Digest> diffIds, List<Layer> stack) {
    long size = found.rawConfig().length;
    for (Layer layer : stack) {
      size += layer.usage().bytes();
    }
    lock.lock();
    try {
      Optional<Image> before = catalog().byId(found.id());
      Image image = found.image(size, diffIds, before, clock);
      if (before.isPresent() && before.get().equals(image)) {
        return image;
      }
      check(image, before);
      // Their names were renamed into place and may not have reached the disk yet.
      layers.syncNames();
      records.write(image, found.rawConfig(), found.seekable());
      unlisted.forget(image.id());
      takeNames(image);
      catalog = catalog.with(image);
      return image;
    } finally {
      lock.unlock();
    }
  }

  private void check(Image image, Optional<Image> before) {
    ImageLimits.requireFew(image);
    ImageLimits.requireRoom(
        image, catalog.weight() + image.weight() - before.map(Image::weight).orElse(0L));
  }

  /** A tag names one image: the others lose it. */
  private void takeNames(Image owner) {
    ImageNames.losers(catalog.images(), owner).forEach(this::replace);
  }

  private void replace(Image image) {
    records.rewrite(image);
    catalog = catalog.with(image);
  }

  /** Strikes out an image with all its names; returns those when it was here. */
  Optional<List<String>> remove(String nameOrId) {
    lock.lock();
    try {
      Optional<Image> image = catalog().find(nameOrId);
      if (image.isPresent()) {
        records.delete(image.get().id());
        catalog = catalog.without(image.get().id());
        return Optional.of(names(image.get()));
      }
      return unlisted.remove(nameOrId).map(names -> both(names.tags(), names.digests()));
    } finally {
      lock.unlock();
    }
  }

  private static List<String> names(Image image) {
    return both(image.repoTags(), image.repoDigests());
  }

  private static List<String> both(List<String> tags, List<String> digests) {
    List<String> names = new ArrayList<>(tags);
    names.addAll(digests);
    return names;
  }

  /**
   * Strikes out the images that have lost a layer; they must be pulled again. Reads the records of
   * all layers.
   */
  void forgetIncomplete() {
    for (Image image : catalog.images()) {
      if (layers.hasLost(image.diffIds())) {
        forgetIfIncomplete(image.id());
      }
    }
  }

  /** Looks again, as a pull may have brought the layer back meanwhile. */
  private void forgetIfIncomplete(String id) {
    lock.lock();
    try {
      Optional<Image> image = catalog.byId(id);
      if (image.isPresent() && layers.hasLost(image.get().diffIds())) {
        LOG.warn("image {} {} has lost a layer and is forgotten", id, image.get().repoTags());
        Optional<List<String>> _ = remove(id);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes how an image is called or kept; names that it gets are lost by others.
   *
   * @throws OciException NOT_FOUND
   */
  Image change(String nameOrId, UnaryOperator<Image> change) {
    lock.lock();
    try {
      Image image = require(nameOrId);
      Image changed = change.apply(image);
      if (!changed.equals(image)) {
        check(changed, Optional.of(image));
        replace(changed);
        takeNames(changed);
      }
      return changed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a tag from an image that has others.
   *
   * @return the tag, or empty when it is no tag here or the image's last
   */
  Optional<String> untag(String name) {
    lock.lock();
    try {
      Optional<Image> image = catalog().find(name);
      Optional<String> tag = Catalog.name(name);
      if (image.isEmpty()
          || tag.isEmpty()
          || image.get().repoTags().size() < 2
          || !image.get().repoTags().contains(tag.get())) {
        return Optional.empty();
      }
      replace(ImageNames.without(image.get(), tag.get()));
      return tag;
    } finally {
      lock.unlock();
    }
  }

  private Image require(String nameOrId) {
    return catalog()
        .find(nameOrId)
        .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no image " + nameOrId));
  }
}
