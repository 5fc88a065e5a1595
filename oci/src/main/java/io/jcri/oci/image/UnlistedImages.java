package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.snapshot.LayerStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that have a record and are not listed: it is beyond {@link ImageLimits}, or cannot be
 * read. They can be removed. Lookups are thread-safe; changes are made under the book's lock.
 */
final class UnlistedImages {

  private static final Logger LOG = LoggerFactory.getLogger(UnlistedImages.class);

  private final ImageRecords records;

  /** IDs of images whose records are too large to be listed. */
  private final Set<String> tooLarge = ConcurrentHashMap.newKeySet();

  /** IDs of images whose records cannot be read. */
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  UnlistedImages(ImageRecords records) {
    this.records = records;
  }

  void found(ImageRecords.Loaded loaded) {
    tooLarge.addAll(loaded.unlisted());
    unreadable.addAll(loaded.unreadable());
  }

  /** IDs of images whose layers are not known. */
  Set<String> unreadable() {
    return unreadable;
  }

  /** Whether one of them is meant. */
  boolean has(String nameOrId) {
    return Catalog.withPrefix(nameOrId, new TreeSet<>(unreadable)).isPresent()
        || findTooLarge(nameOrId).isPresent();
  }

  /** It has a record that is listed now. */
  void forget(String id) {
    tooLarge.remove(id);
    unreadable.remove(id);
  }

  /**
   * Looks again at the records that could not be read: what kept us from it may have passed.
   *
   * @param room bytes of the catalog that are left
   * @param enter takes those in that can be listed
   */
  void readAgain(LayerStore layers, LongSupplier room, Consumer<Image> enter) {
    for (String id : Set.copyOf(unreadable)) {
      try {
        Optional<Image> image = records.loadAgain(id, layers, room.getAsLong());
        image.ifPresentOrElse(enter, () -> tooLarge.add(id));
        unreadable.remove(id);
      } catch (IOException | OciException e) {
        LOG.debug("image record {} still cannot be read: {}", id, e.getMessage());
      }
    }
  }

  /** The layers of those that are known to need some. */
  List<List<Digest>> diffIds() {
    List<List<Digest>> all = new ArrayList<>();
    tooLarge.forEach(id -> diffIds(id).ifPresent(all::add));
    return all;
  }

  /** Empty for one that is being removed. */
  private Optional<List<Digest>> diffIds(String id) {
    try {
      return Optional.of(StoredImage.root(records.file(id)).diffIds());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(id, e);
    }
  }

  private OciException unreadable(String id, IOException e) {
    return OciException.ofIo("cannot read image record " + records.file(id), e);
  }

  private Optional<String> findTooLarge(String nameOrId) {
    String id = nameOrId.startsWith("sha256:") ? nameOrId : "sha256:" + nameOrId;
    if (tooLarge.contains(id)) {
      return Optional.of(id);
    }
    Optional<String> name = Catalog.name(nameOrId);
    return tooLarge.stream()
        .filter(one -> {
          StoredImage.Names names = names(one);
          return name.isPresent()
              && (names.tags().contains(name.get()) || names.digests().contains(name.get()));
        })
        .findFirst()
        .or(() -> Catalog.withPrefix(nameOrId, new TreeSet<>(tooLarge)));
  }

  /** None when it has too many. */
  private StoredImage.Names names(String id) {
    try {
      return StoredImage.names(records.file(id));
    } catch (OciException e) {
      return new StoredImage.Names(List.of(), List.of());
    } catch (IOException e) {
      throw unreadable(id, e);
    }
  }

  /** Removes the one that is meant; returns its names, none when they are not known. */
  Optional<StoredImage.Names> remove(String nameOrId) {
    Optional<String> nameless = Catalog.withPrefix(nameOrId, new TreeSet<>(unreadable));
    if (nameless.isPresent()) {
      records.delete(nameless.get());
      unreadable.remove(nameless.get());
      return Optional.of(new StoredImage.Names(List.of(), List.of()));
    }
    Optional<String> large = findTooLarge(nameOrId);
    return large.map(id -> {
      StoredImage.Names names = names(id);
      records.delete(id);
      tooLarge.remove(id);
      return names;
    });
  }
}
