package io.jcri.daemon.image;

import io.jcri.daemon.core.Layout;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageStore;
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
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The root file systems, image volumes and declared volumes of containers, made of images. They
 * keep the layers that they stand on, whatever becomes of the image. Thread-safe.
 */
public final class RootFilesystems {
  /** Between a container's id and the number of its image volume, in the key of a snapshot. */
  private static final String VOLUME = "-volume-";

  private static final String USER_ROOT = "fs";
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final ImageStore store;
  private final WritableLayers layers;
  private final WritableVolumes volumes;
  private final Supplier<String> volumeMode;
  private final Mounts mounts;
  private final Layout layout;

  /**
   * @param volumeMode {@code copy}, {@code directory} or {@code ignore}
   */
  RootFilesystems(
      ImageStore store,
      WritableLayers layers,
      WritableVolumes volumes,
      Supplier<String> volumeMode,
      Mounts mounts,
      Layout layout) {
    this.store = store;
    this.layers = layers;
    this.volumes = volumes;
    this.volumeMode = volumeMode;
    this.mounts = mounts;
    this.layout = layout;
  }

  /**
   * The user namespace of a container.
   *
   * @param file where it is pinned
   * @param rootUid whom the node thinks its root is
   * @param rootGid likewise
   */
  public record UserNamespace(Path file, long rootUid, long rootGid) {}

  /**
   * Makes and mounts a container's root file system.
   *
   * @param copied as a plain directory that is a copy of the image, instead of an overlay of its
   *     layers; whoever wants a label gives its files one
   * @param user the user namespace whose ids the files are to have, empty for the host's
   * @param label of SELinux that all files of an overlay show
   * @return where it is mounted
   */
  public Path prepare(
      String containerId,
      Image image,
      boolean copied,
      Optional<UserNamespace> user,
      Optional<String> label)
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
            new Snapshotter.Options(
                false,
                copied,
                user.map(UserNamespace::file),
                mountPoint,
                copied ? Optional.empty() : label))
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
            new Snapshotter.Options(
                true, false, user.map(UserNamespace::file), Optional.empty(), label));
    return snapshotter.locate(volume, subPath);
  }

  /** Whether containers get something for the volumes that their image declares. */
  public boolean makesVolumes() {
    return !volumeMode.get().equals("ignore");
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
            volumeMode.get().equals("copy"),
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

  /** What a container has written, in its volumes too, or all that it has copied; walks it. */
  public DiskUsage writable(String containerId) {
    return store.snapshots().usage(containerId);
  }

  /**
   * Refuses a container whose changes cannot be carried to another: its root file system is a copy.
   *
   * @throws io.jcri.oci.OciException FAILED_PRECONDITION
   */
  public void requireChanges(String containerId) {
    layers.requireChanges(containerId);
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

  /** Unmounts one of a container's image volumes. Idempotent. */
  public void releaseVolume(String containerId, int number) {
    store.removeSnapshot(containerId + VOLUME + number);
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

  /** The container whose image volume a snapshot is; empty for its root file system. */
  static Optional<String> volumeOwner(Snapshot snapshot) {
    int end = snapshot.key().indexOf(VOLUME);
    return end > 0 && snapshot.readOnly()
        ? Optional.of(snapshot.key().substring(0, end))
        : Optional.empty();
  }
}
