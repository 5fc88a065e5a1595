package io.jcri.daemon.image;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Meter;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.image.ArchiveWish;
import io.jcri.oci.image.FsUsage;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.image.ImageSpace;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.image.PullRequest;
import io.jcri.oci.image.SaveOptions;
import io.jcri.oci.image.SeekableLayer;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.snapshot.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The node's images, as the daemon and its operator see the store. Thread-safe. */
public final class Images {
  private final ImageStore store;
  private final NameSearch names;
  private final Layout layout;
  private final Supplier<Set<String>> pinned;
  private final Pulls pulls = new Pulls();

  /**
   * The daemon's view of a store.
   *
   * @param pinned names of images that are told to be pinned whatever the store says
   */
  Images(ImageStore store, NameSearch names, Layout layout, Supplier<Set<String>> pinned) {
    this.store = store;
    this.names = names;
    this.layout = layout;
    this.pinned = pinned;
  }

  /** Fetches an image for CRI, or finds that it is here already. */
  public Image pull(String name, Optional<Credentials> credentials) {
    return names.first(
        name,
        reference -> {
          try (Pulls.Pull pull = begin(reference, "CRI")) {
            return pull(new PullRequest(reference, credentials, Platform.host()), pull);
          }
        });
  }

  /** One way to pull what a name may stand for. */
  public interface Attempt<T> extends NameSearch.Attempt<T, IOException> {}

  /**
   * Does it with the first of the references that a name stands for on this node which works.
   *
   * @throws io.jcri.oci.OciException that of the last
   */
  public <T> T pullFirst(String name, Attempt<T> attempt) throws IOException {
    return names.first(name, attempt);
  }

  /** Begins to watch a pull that is to come. */
  public Pulls.Pull begin(ImageReference reference, String by) {
    return pulls.begin(reference.toString(), by);
  }

  /** Fetches an image that is watched. */
  public Image pull(PullRequest request, Pulls.Pull pull) {
    long begin = System.nanoTime();
    String result = OciException.Kind.INTERNAL.name();
    try {
      Image image = store.pull(request, pull);
      result = "OK";
      return image;
    } catch (OciException e) {
      result = e.kind().name();
      throw e;
    } finally {
      Meter.now().pulled(result, System.nanoTime() - begin);
    }
  }

  /** The pulls under way, the oldest first. */
  public List<PullState> pulls() {
    return pulls.states();
  }

  /**
   * Takes up the images of an archive: an OCI layout or what Docker saves, plain, gzip or zstd.
   *
   * @throws io.jcri.oci.OciException INVALID when it is neither
   */
  public List<Image> load(InputStream archive, ArchiveWish wish) {
    return store.importArchive(archive, wish);
  }

  /** As {@link ImageStore#save}. */
  public void save(List<String> wanted, SaveOptions options, OutputStream out) {
    store.save(wanted.stream().map(name -> names.known(store, name)).toList(), options, out);
  }

  /** Every image. */
  public List<Image> list() {
    return store.list();
  }

  /** By name, id, digest or unique prefix of an id. */
  public Optional<Image> find(String name) {
    return names.find(store, name);
  }

  /**
   * As {@link #find}.
   *
   * @throws io.jcri.oci.OciException NOT_FOUND
   */
  public Image require(String name) {
    return find(name)
        .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no image " + name));
  }

  /** As {@link ImageStore#hasUnlisted}. */
  public boolean hasUnlisted(String name) {
    return store.hasUnlisted(name);
  }

  /** As {@link ImageStore#admit}. */
  public void admit(Image image) {
    store.admit(image);
  }

  /** What each image takes on disk, in the order of IDs. */
  public List<ImageSpace> spaces() {
    return store.spaces();
  }

  /** What each layer takes on disk, by its key. */
  public Map<String, Long> layerBytes() {
    return store.layerBytes();
  }

  /** As {@link ImageStore#tag}. */
  public Image tag(String name, String tag) {
    return store.tag(names.known(store, name), tag);
  }

  /** As {@link ImageStore#untag}. */
  public Optional<String> untag(String name) {
    return store.untag(names.known(store, name));
  }

  /** As {@link ImageStore#pin}. */
  public Image pin(String name, boolean pinned) {
    return store.pin(names.known(store, name), pinned);
  }

  /**
   * What an image says of how to run it, its volumes and exposed ports among it. Read from its
   * record, so it costs a little each time; nothing of it is kept.
   *
   * @throws io.jcri.oci.OciException NOT_FOUND when it has been removed meanwhile
   */
  public ImageConfig config(Image image) {
    return store.config(image);
  }

  /** The image's labels, sorted; otherwise as {@link #config}. */
  public Map<String, String> labels(Image image) {
    return store.labels(image);
  }

  /** The layers that can be read file by file; otherwise as {@link #config}. */
  public List<SeekableLayer> seekable(Image image) {
    return store.seekable(image);
  }

  /** Whether the kubelet must not collect it. */
  public boolean pinned(Image image) {
    return image.pinned() || image.repoTags().stream().anyMatch(pinned.get()::contains);
  }

  /**
   * Removes all names of the image and frees its space. Idempotent. What a container was made of
   * may go: the container keeps the layers. An image that a container has as a volume may not.
   *
   * @throws JcriException FAILED_PRECONDITION for that one, naming the container
   */
  public void remove(String name) {
    Optional<Image> image = find(name);
    image.ifPresent(this::refuseIfMounted);
    store.remove(image.map(Image::id).orElse(name));
  }

  /** A volume that is made meanwhile keeps the layers, as a container does. */
  private void refuseIfMounted(Image image) {
    Optional<List<String>> keys = store.layerKeys(image);
    for (Snapshot snapshot : store.snapshots().list()) {
      Optional<String> container = RootFilesystems.volumeOwner(snapshot);
      if (container.isPresent()
          && keys.isPresent()
          && keys.get().equals(snapshot.layerKeys())
          && !hasTwin(image, keys.get())) {
        throw new JcriException(
            JcriException.Kind.FAILED_PRECONDITION,
            "image %s %s is a volume of container %s, it can be removed when that is"
                .formatted(image.id(), image.repoTags(), container.get()));
      }
    }
  }

  /** Whether another image has the same content, and the volume is as much of that one. */
  private boolean hasTwin(Image image, List<String> keys) {
    return store.list().stream()
        .filter(other -> !other.id().equals(image.id()))
        .anyMatch(other -> store.layerKeys(other).filter(keys::equals).isPresent());
  }

  /** Where all images and writable layers lie. */
  public Path location() {
    return layout.images();
  }

  /** What all images and writable layers take; looks at downloads in progress. */
  public FsUsage usage() {
    return store.usage();
  }
}
