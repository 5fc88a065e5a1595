package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.snapshot.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
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

  /** IDs of images whose records are too large to be listed. */
  private final Set<String> unlisted;

  /** IDs of images whose records cannot be read. */
  private final Set<String> unreadable;

  ImageBook(Path stateRoot, LayerStore layers, InstantSource clock) {
    this.records = new ImageRecords(stateRoot);
    this.layers = layers;
    this.clock = clock;
    ImageRecords.Loaded loaded = records.load(layers);
    this.catalog = loaded.images();
    this.unlisted = ConcurrentHashMap.newKeySet();
    this.unlisted.addAll(loaded.unlisted());
    this.unreadable = ConcurrentHashMap.newKeySet();
    this.unreadable.addAll(loaded.unreadable());
  }

  Catalog catalog() {
    return catalog;
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
    return unreadable;
  }

  /** Whether an image that is not listed is meant, which can only be removed. */
  boolean hasUnlisted(String nameOrId) {
    return Catalog.withPrefix(nameOrId, new TreeSet<>(unreadable)).isPresent()
        || records.findUnlisted(nameOrId, unlisted).isPresent();
  }

  /** Looks again at the records that could not be read: what kept us from it may have passed. */
  void readAgain() {
    lock.lock();
    try {
      for (String id : Set.copyOf(unreadable)) {
        try {
          Optional<Image> image =
              records.loadAgain(id, layers, ImageLimits.CATALOG_BYTES - catalog.weight());
          image.ifPresentOrElse(this::enterAgain, () -> unlisted.add(id));
          unreadable.remove(id);
        } catch (IOException | OciException e) {
          LOG.debug("image record {} still cannot be read: {}", id, e.getMessage());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Names that others were given meanwhile are theirs. */
  private void enterAgain(Image image) {
    Set<String> taken = new HashSet<>();
    catalog.images().forEach(other -> taken.addAll(both(other.repoTags(), other.repoDigests())));
    Image left =
        image.withNames(without(image.repoTags(), taken), without(image.repoDigests(), taken));
    if (!left.equals(image)) {
      records.rewrite(left);
    }
    catalog = catalog.with(left);
  }

  /** The layers that images need, whether they are listed or not. */
  List<List<Digest>> diffIds() {
    List<List<Digest>> all = new ArrayList<>();
    catalog.images().forEach(image -> all.add(image.diffIds()));
    unlisted.forEach(id -> unlistedDiffIds(id).ifPresent(all::add));
    return all;
  }

  /** Empty for one that is being removed. */
  private Optional<List<Digest>> unlistedDiffIds(String id) {
    try {
      return Optional.of(records.diffIds(id));
    } catch (OciException e) {
      if (e.kind() == OciException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Enters an image whose layers are on disk, or gives more names to one that is here. */
  Image record(FetchedImage found, List<Digest> diffIds, List<Layer> stack) {
    long size = found.rawConfig().length;
    for (Layer layer : stack) {
      size += layer.usage().bytes();
    }
    lock.lock();
    try {
      Optional<Image> before = catalog.byId(found.id());
      TreeSet<String> allTags = new TreeSet<>(found.tags());
      TreeSet<String> allDigests = new TreeSet<>(found.repoDigests());
      before.ifPresent(image -> allTags.addAll(image.repoTags()));
      before.ifPresent(image -> allDigests.addAll(image.repoDigests()));
      Image image =
          new Image(
              found.id(),
              List.copyOf(allTags),
              List.copyOf(allDigests),
              size,
              found.user(),
              found.platform(),
              diffIds,
              found.artifact(),
              found.pinned() || before.map(Image::pinned).orElse(false),
              before.map(Image::created).orElseGet(clock::instant),
              Image.approvals(before.map(Image::approvals).orElse(List.of()), found.approval()));
      if (before.isPresent() && before.get().equals(image)) {
        return image;
      }
      check(image, before);
      // Their names were renamed into place and may not have reached the disk yet.
      layers.syncNames();
      records.write(image, found.rawConfig(), found.seekable());
      unlisted.remove(image.id());
      unreadable.remove(image.id());
      takeNames(image);
      catalog = catalog.with(image);
      return image;
    } finally {
      lock.unlock();
    }
  }

  private void check(Image image, Optional<Image> before) {
    int names = image.repoTags().size() + image.repoDigests().size();
    if (names > ImageLimits.NAMES) {
      throw new OciException(
          OciException.Kind.RESOURCE_EXHAUSTED,
          "image %s would have %d names, the limit is %d; remove it and pull it again"
              .formatted(image.id(), names, ImageLimits.NAMES));
    }
    long weight = catalog.weight() + image.weight() - before.map(Image::weight).orElse(0L);
    if (weight > ImageLimits.CATALOG_BYTES) {
      throw new OciException(
          OciException.Kind.RESOURCE_EXHAUSTED,
          "with image %s the names and layers of this node's images would take %d bytes, the limit"
                  .formatted(image.id(), weight)
              + " is %d; remove some".formatted(ImageLimits.CATALOG_BYTES));
    }
  }

  /** A tag names one image: the others lose it. */
  private void takeNames(Image owner) {
    Set<String> ownTags = new HashSet<>(owner.repoTags());
    Set<String> ownDigests = new HashSet<>(owner.repoDigests());
    for (Image other : catalog.images()) {
      if (other.id().equals(owner.id())) {
        continue;
      }
      List<String> tags = without(other.repoTags(), ownTags);
      List<String> digests = without(other.repoDigests(), ownDigests);
      if (tags.size() < other.repoTags().size() || digests.size() < other.repoDigests().size()) {
        replace(other.withNames(tags, digests));
      }
    }
  }

  private static List<String> without(List<String> names, Set<String> taken) {
    return names.stream().filter(name -> !taken.contains(name)).toList();
  }

  private void replace(Image image) {
    records.rewrite(image);
    catalog = catalog.with(image);
  }

  /** Strikes out an image with all its names; returns those when it was here. */
  Optional<List<String>> remove(String nameOrId) {
    lock.lock();
    try {
      Optional<Image> image = catalog.find(nameOrId);
      if (image.isPresent()) {
        records.delete(image.get().id());
        catalog = catalog.without(image.get().id());
        return Optional.of(both(image.get().repoTags(), image.get().repoDigests()));
      }
      Optional<String> nameless = Catalog.withPrefix(nameOrId, new TreeSet<>(unreadable));
      if (nameless.isPresent()) {
        records.delete(nameless.get());
        unreadable.remove(nameless.get());
        return Optional.of(List.of());
      }
      Optional<String> tooLarge = records.findUnlisted(nameOrId, unlisted);
      return tooLarge.map(id -> {
        StoredImage.Names names = records.names(id);
        records.delete(id);
        unlisted.remove(id);
        return both(names.tags(), names.digests());
      });
    } finally {
      lock.unlock();
    }
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

  /** Gives an image one more tag, which another image loses. */
  Image tag(String nameOrId, String name) {
    String tag = ImageNames.tag(name);
    lock.lock();
    try {
      Image image = require(nameOrId);
      Image changed = ImageNames.with(image, tag);
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
      Optional<Image> image = catalog.find(name);
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
    return catalog
        .find(nameOrId)
        .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no image " + nameOrId));
  }

  /** Marks an image as one to keep, or no longer. */
  Image pin(String nameOrId, boolean pinned) {
    lock.lock();
    try {
      Image image = require(nameOrId);
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
