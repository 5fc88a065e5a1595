package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.snapshot.Snapshot;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of the node.
 *
 * <p>An {@link ImageFetcher} brings them. An image is listed once its layers and its record are on
 * the disk; a pull that fails leaves nothing, except, after a failure that may pass, what a next
 * try can use. Lookups take no lock. Thread-safe.
 *
 * <p>The package's front: its many fields are one for each thing that is done with images.
 */
public final class ImageStore {

  private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);

  /** What a daemon that died, or a pull that was given up, has left is removed when it is older. */
  private static final long KEPT_SECONDS = 24 * 3600;

  private final Path root;
  private final InstantSource clock;
  private final LayerStore layers;
  private final Snapshotter snapshotter;
  private final PartialBlobs partials;
  private final ImageBook book;
  private final Supplier<ImageTrust> trust;

  private final ImageArrivals arrivals;
  private final ImageSave saving;
  private final ImageLayers imageLayers;

  /** Not that of pulls: a slow registry does not hold up the start of containers. */
  private final DocumentRoom readers = new DocumentRoom(ImageLimits.DOCUMENTS_AT_ONCE);

  private ImageStore(
      Path root,
      ImageFetcher fetcher,
      Supplier<ImageTrust> trust,
      Syscalls sys,
      Mounts mounts,
      InstantSource clock) {
    this.root = root;
    this.clock = clock;
    this.layers = new LayerStore(root, sys, mounts);
    this.snapshotter = new Snapshotter(root, sys, mounts, layers);
    this.partials = new PartialBlobs(root.resolve("partial"));
    this.book = new ImageBook(root, layers, clock);
    this.trust = trust;
    this.imageLayers = new ImageLayers(book, layers);
    this.arrivals = new ImageArrivals(fetcher, layers, snapshotter, book, trust, this::collect);
    this.saving = new ImageSave(book, layers, snapshotter, sys, readers);
  }

  /**
   * Opens the images below a directory that only root can enter. Reads small records only; the
   * clean-up of what a daemon that died has left goes on behind.
   *
   * @param fetcher brings images of registries and archives
   * @param trust what is asked of images at the time; the fetcher asks for signatures
   */
  public static ImageStore open(
      Path root, ImageFetcher fetcher, Supplier<ImageTrust> trust, Syscalls sys, Mounts mounts) {
    return open(root, fetcher, trust, sys, mounts, InstantSource.system());
  }

  /** The same, where it does not change what is asked. */
  static ImageStore open(
      Path root, ImageFetcher fetcher, ImageTrust trust, Syscalls sys, Mounts mounts) {
    return open(root, fetcher, () -> trust, sys, mounts);
  }

  static ImageStore open(
      Path root,
      ImageFetcher fetcher,
      Supplier<ImageTrust> trust,
      Syscalls sys,
      Mounts mounts,
      InstantSource clock) {
    ImageStore store = new ImageStore(root, fetcher, trust, sys, mounts, clock);
    Thread _ = Thread.ofPlatform().daemon().name("jcri-image-clean").start(store::clean);
    return store;
  }

  private void clean() {
    book.forgetIncomplete();
    layers.removeLeftovers();
    deleteOldPartials();
  }

  private void deleteOldPartials() {
    partials.deleteOlderThan(clock.instant().minusSeconds(KEPT_SECONDS));
  }

  /**
   * Pulls an image, or finds that it is here already. Pulls of the same content share its
   * downloads.
   *
   * @throws OciException of any kind, UNAVAILABLE also when images cannot be listed; the message
   *     names the image, and the layer, host or path at fault
   */
  public Image pull(PullRequest request, PullProgress progress) {
    return arrivals.pull(request, progress);
  }

  /** As {@link #importArchive(InputStream, ArchiveWish)}, with the archive's own names. */
  public List<Image> importArchive(InputStream archive) {
    return importArchive(archive, ArchiveWish.NONE);
  }

  /**
   * Reads an exported image: an OCI image layout or a Docker archive as tar, gzip or zstd. An image
   * in it without a name can be found by its ID.
   *
   * @return the images, in the archive's order
   * @throws OciException INVALID, also when names are given and there is not one image
   */
  public List<Image> importArchive(InputStream archive, ArchiveWish wish) {
    return arrivals.load(archive, wish);
  }

  /**
   * Writes images into an archive that {@link #importArchive} and others read. Layers are packed
   * anew of their trees: the same files, but other diff IDs, and so another ID of the image.
   *
   * @param images by ID or name; a tag becomes the image's name in the archive
   * @param out stays open
   * @throws OciException NOT_FOUND; CANCELLED when interrupted
   */
  public void save(List<String> images, SaveOptions options, OutputStream out) {
    saving.save(images, options, out);
  }

  /**
   * Checks that the signature policy lets something be made of an image that is here.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED
   */
  public void admit(Image image) {
    List<String> names = new ArrayList<>(image.repoTags());
    names.addAll(image.repoDigests());
    String what = names.isEmpty() ? image.id() : names.getFirst();
    trust.get().admit(what, names, image.approvals());
  }

  /**
   * Every image, in the order of IDs.
   *
   * @throws OciException UNAVAILABLE as long as the store cannot be listed; this and what asks for
   *     images by name or ID then fail, the snapshots of containers go on
   */
  public List<Image> list() {
    return List.copyOf(book.catalog().images());
  }

  /** By ID, name in any form, name and digest, or a prefix of the ID that only one has. */
  public Optional<Image> find(String nameOrId) {
    return book.catalog().find(nameOrId);
  }

  /**
   * What the image says of how to run it, read from its record.
   *
   * @throws OciException NOT_FOUND when it has been removed meanwhile
   */
  public ImageConfig config(Image image) {
    try (DocumentRoom.Taken _ = readers.take(book.recordBytes(image), "image " + image.id())) {
      return ImageConfig.parse(book.config(image), image.id()).config();
    }
  }

  /**
   * The image's labels, read from its record.
   *
   * @throws OciException NOT_FOUND when it has been removed meanwhile
   */
  public Map<String, String> labels(Image image) {
    try (DocumentRoom.Taken _ = readers.take(book.recordBytes(image), "image " + image.id())) {
      return ImageConfig.labels(book.config(image), image.id());
    }
  }

  /**
   * The layers that can be read file by file, as the image had them when it was last entered.
   *
   * @throws OciException NOT_FOUND when it has been removed meanwhile
   */
  public List<SeekableLayer> seekable(Image image) {
    return book.seekable(image);
  }

  /**
   * Removes an image with all its names, and frees the space of layers that nothing else uses
   * before it returns; those that containers use stay until their snapshots are removed. An image
   * that is not here is fine.
   *
   * @return the names that it had
   */
  public List<String> remove(String nameOrId) {
    Optional<List<String>> names = book.remove(nameOrId);
    if (names.isEmpty()) {
      return List.of();
    }
    collect();
    return names.get();
  }

  /**
   * Removes a container's snapshot, and what only it has kept of an image that was removed.
   *
   * @see Snapshotter#remove
   */
  public void removeSnapshot(String key) {
    List<String> used = snapshotter.find(key).map(Snapshot::layerKeys).orElse(List.of());
    boolean keptAll = snapshotter.keepsAllLayers();
    snapshotter.remove(key);
    boolean keepsNoMore = keptAll && !snapshotter.keepsAllLayers();
    if (book.isKnown() && (keepsNoMore || !imageLayers.containAll(used))) {
      collect();
    }
  }

  /**
   * The keys of an image's layers as a {@link Snapshot#layerKeys snapshot} of it has them; empty
   * when one has been lost.
   */
  public Optional<List<String>> layerKeys(Image image) {
    return layers.visibleKeys(image.diffIds());
  }

  /** Whether an image that is not listed is meant, which can only be removed. */
  public boolean hasUnlisted(String nameOrId) {
    return book.hasUnlisted(nameOrId);
  }

  private void collect() {
    book.readAgain();
    if (book.isComplete()) {
      snapshotter.collect(book::diffIds);
    } else {
      LOG.warn(
          "layers are kept as long as records of images cannot be read: {}",
          book.unreadable().isEmpty() ? "all" : book.unreadable());
    }
    deleteOldPartials();
  }

  /** What each image takes, in the order of IDs. */
  public List<ImageSpace> spaces() {
    return ImageSpace.of(book.catalog().images(), layers);
  }

  /** What each layer takes that is here, in bytes by its key. */
  public Map<String, Long> layerBytes() {
    return layers.list().stream()
        .collect(Collectors.toMap(Layer::key, layer -> layer.usage().bytes()));
  }

  /**
   * Gives an image one more tag, which another image may lose by it.
   *
   * @param tag a name in any form
   * @throws OciException NOT_FOUND; INVALID when the tag is none
   */
  public Image tag(String nameOrId, String tag) {
    String name = ImageNames.tag(tag);
    return book.change(nameOrId, image -> ImageNames.with(image, name));
  }

  /**
   * Takes a tag from an image that has others as well; the image stays.
   *
   * @param name in any form
   * @return the tag in full, or empty, and nothing is changed, when it is no tag of an image here
   *     or the only one of it
   */
  public Optional<String> untag(String name) {
    return book.untag(name);
  }

  /**
   * Marks an image as one to keep, or no longer.
   *
   * @throws OciException NOT_FOUND
   */
  public Image pin(String nameOrId, boolean pinned) {
    return book.change(nameOrId, image -> image.withPinned(pinned));
  }

  /**
   * What all images take, layers that only containers use, records and partial downloads included;
   * costs a look at each image's record.
   */
  public FsUsage usage() {
    DiskUsage all = layers.usage().plus(book.usage()).plus(partials.usage());
    return new FsUsage(root, all.bytes(), all.inodes());
  }

  /** Mounts images for containers. Remove snapshots through {@link #removeSnapshot}. */
  public Snapshotter snapshots() {
    return snapshotter;
  }
}
