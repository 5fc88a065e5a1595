package io.jcri.daemon.image;

import io.jcri.daemon.JcriException;
import io.jcri.daemon.Layout;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Platform;
import io.jcri.oci.image.ArchiveWish;
import io.jcri.oci.image.FsUsage;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.image.ImageSpace;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.image.PullRequest;
import io.jcri.oci.image.SaveOptions;
import io.jcri.oci.snapshot.DiskUsage;
import io.jcri.oci.snapshot.Snapshot;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.snapshot.WritableLayers;
import io.jcri.oci.snapshot.WritableVolumes;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The node's images and the root file systems made of them.
 *
 * <p>Thread-safe.
 */
public final class Images {
  /** Between a container's id and the number of its image volume, in the key of a snapshot. */
  private static final String VOLUME = "-volume-";

  private static final String USER_ROOT = "fs";
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final ImageStore store;
  private final NameSearch names;
  private final WritableLayers layers;
  private final WritableVolumes volumes;
  private final String volumeMode;
  private final Mounts mounts;
  private final Layout layout;
  private final Set<String> pinned;
  private final Pulls pulls = new Pulls();

  /**
   * The daemon's view of a store.
   *
   * @param volumeMode {@code copy}, {@code directory} or {@code ignore}
   * @param pinned names of images that are told to be pinned whatever the store says
   */
  Images(
      ImageStore store,
      NameSearch names,
      WritableLayers layers,
      WritableVolumes volumes,
      String volumeMode,
      Mounts mounts,
      Layout layout,
      Set<String> pinned) {
    this.store = store;
    this.names = names;
    this.layers = layers;
    this.volumes = volumes;
    this.volumeMode = volumeMode;
    this.mounts = mounts;
    this.layout = layout;
    this.pinned = pinned;
  }

  /**
   * The user namespace of a container.
   *
   * @param file where it is pinned
   * @param rootUid whom the node thinks its root is
   * @param rootGid likewise
   */
  public record UserNamespace(Path file, long rootUid, long rootGid) {}

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
    return store.pull(request, pull);
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

  /** Whether the kubelet must not collect it. */
  public boolean pinned(Image image) {
    return image.pinned() || image.repoTags().stream().anyMatch(pinned::contains);
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
      int end = snapshot.key().indexOf(VOLUME);
      if (end > 0
          && snapshot.readOnly()
          && keys.isPresent()
          && keys.get().equals(snapshot.layerKeys())
          && !hasTwin(image, keys.get())) {
        throw new JcriException(
            JcriException.Kind.FAILED_PRECONDITION,
            "image %s %s is a volume of container %s, it can be removed when that is"
                .formatted(image.id(), image.repoTags(), snapshot.key().substring(0, end)));
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

  /**
   * Makes and mounts a container's root file system.
   *
   * @param user the user namespace whose ids the files are to have, empty for the host's
   * @param label of SELinux that all its files show
   * @return where it is mounted
   */
  public Path prepare(
      String containerId, Image image, Optional<UserNamespace> user, Optional<String> label)
      throws IOException {
    Optional<Path> mountPoint = Optional.empty();
    if (user.isPresent()) {
      mountPoint = Optional.of(userRoot(containerId, user.get()));
    }
    return store
        .snapshots()
        .prepare(
            containerId,
            image.diffIds(),
            new Snapshotter.Options(false, user.map(UserNamespace::file), mountPoint, label))
        .rootfs();
  }

  /** The image store is closed to everybody but root, so this root file system shows up outside. */
  private Path userRoot(String containerId, UserNamespace user) throws IOException {
    Path directory = Files.createDirectory(layout.userRoot(containerId), PRIVATE);
    Files.setAttribute(directory, "unix:uid", (int) user.rootUid());
    Files.setAttribute(directory, "unix:gid", (int) user.rootGid());
    return Files.createDirectory(directory.resolve(USER_ROOT));
  }

  /**
   * Mounts an image so that it can only be read: a container's image volume. It keeps the image's
   * layers, even when the image is removed, until {@link #release}.
   *
   * @param number of the volume among the container's
   * @param subPath a directory or file of the image, empty for all of it
   * @param user as for {@link #prepare}
   * @param label likewise
   * @return the host path of what the volume shows
   */
  public Path prepareVolume(
      String containerId,
      int number,
      Image image,
      String subPath,
      Optional<UserNamespace> user,
      Optional<String> label) {
    Snapshotter snapshotter = store.snapshots();
    Snapshot volume =
        snapshotter.prepare(
            containerId + VOLUME + number,
            image.diffIds(),
            new Snapshotter.Options(true, user.map(UserNamespace::file), Optional.empty(), label));
    return snapshotter.locate(volume, subPath);
  }

  /** Whether containers get something for the volumes that their image declares. */
  public boolean makesVolumes() {
    return !volumeMode.equals("ignore");
  }

  /**
   * Makes directories for the volumes that a container's image declares, in the root file system
   * that {@link #prepare} has made and that nothing runs on yet. They go with it.
   *
   * @param places absolute paths in the container
   * @param user as for {@link #prepare}
   * @return directories on the node by the places where the container is to see them
   */
  public Map<String, Path> makeVolumes(
      String containerId, List<String> places, Optional<UserNamespace> user) {
    return volumes.make(
        containerId,
        places,
        new WritableVolumes.Wish(
            volumeMode.equals("copy"),
            user.map(UserNamespace::rootUid).orElse(0L),
            user.map(UserNamespace::rootGid).orElse(0L)));
  }

  /** Whether a container has directories of {@link #makeVolumes}. */
  public boolean hasVolumes(String containerId) {
    return volumes.has(containerId);
  }

  /** Writes a container's volumes as an archive; it must be paused. */
  public void packVolumes(String containerId, OutputStream out) {
    volumes.pack(containerId, out);
  }

  /**
   * Gives the volumes of a container that was never started the content of another one's.
   *
   * @param bytes of the archive, which is not trusted
   * @return the directories on the node
   */
  public List<Path> unpackVolumes(String containerId, InputStream archive, long bytes) {
    return volumes.unpack(containerId, archive, bytes);
  }

  /** The containers that have a root file system or an image volume here. */
  public Set<String> containers() {
    return store.snapshots().list().stream()
        .map(snapshot -> snapshot.key().split(VOLUME, 2)[0])
        .collect(Collectors.toSet());
  }

  /** What a container has written, in its volumes too; walks it. */
  public DiskUsage writable(String containerId) {
    return store.snapshots().usage(containerId);
  }

  /** Writes what a container has changed as a layer; it must be paused. */
  public void packChanges(String containerId, OutputStream out) {
    layers.pack(containerId, out);
  }

  /**
   * Gives a container that was never started the changes of another one.
   *
   * @param bytes of the archive, which is not trusted
   * @param user as in {@link #prepare}
   */
  public void unpackChanges(
      String containerId, InputStream archive, long bytes, Optional<UserNamespace> user) {
    layers.unpack(containerId, archive, bytes, user.map(UserNamespace::file));
  }

  /** Unmounts a container's image volumes; it must not run any more. Idempotent. */
  public void releaseVolumes(String containerId) {
    for (Snapshot snapshot : store.snapshots().list()) {
      if (snapshot.key().startsWith(containerId + VOLUME)) {
        store.removeSnapshot(snapshot.key());
      }
    }
  }

  /** Unmounts and deletes a container's root file system and image volumes. Idempotent. */
  public void release(String containerId) throws IOException {
    releaseVolumes(containerId);
    Path directory = layout.userRoot(containerId);
    if (Files.exists(directory)) {
      mounts.unmount(directory.resolve(USER_ROOT));
    }
    store.removeSnapshot(containerId);
    Files.deleteIfExists(directory.resolve(USER_ROOT));
    Files.deleteIfExists(directory);
  }
}
