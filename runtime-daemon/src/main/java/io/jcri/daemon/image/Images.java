package io.jcri.daemon.image;

import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Platform;
import io.jcri.oci.image.FsUsage;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.image.PullProgress;
import io.jcri.oci.image.PullRequest;
import io.jcri.oci.snapshot.DiskUsage;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.snapshot.WritableLayers;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The node's images and the root file systems made of them.
 *
 * <p>Thread-safe.
 */
public final class Images {
  private final ImageStore store;
  private final WritableLayers layers;
  private final Set<String> pinned;

  /**
   * The daemon's view of a store.
   *
   * @param pinned names of images that are told to be pinned whatever the store says
   */
  Images(ImageStore store, WritableLayers layers, Set<String> pinned) {
    this.store = store;
    this.layers = layers;
    this.pinned = pinned;
  }

  /** Fetches an image, or finds that it is here already. */
  public Image pull(String name, Optional<Credentials> credentials) {
    return store.pull(
        new PullRequest(ImageReference.parse(name), credentials, Platform.host()),
        PullProgress.NONE);
  }

  /** Every image. */
  public List<Image> list() {
    return store.list();
  }

  /** By name, id, digest or unique prefix of an id. */
  public Optional<Image> find(String name) {
    return store.find(name);
  }

  /** Whether the kubelet must not collect it. */
  public boolean pinned(Image image) {
    return image.pinned() || image.repoTags().stream().anyMatch(pinned::contains);
  }

  /** Removes all names of the image and frees its space. Idempotent. */
  public void remove(String name) {
    store.remove(name);
  }

  /** What all images and writable layers take. */
  public FsUsage usage() {
    return store.usage();
  }

  /**
   * Makes and mounts a container's root file system.
   *
   * @param userns the pinned user namespace whose ids the files are to have, empty for the host's
   * @return where it is mounted
   */
  public Path prepare(String containerId, Image image, Optional<Path> userns) {
    return store
        .snapshots()
        .prepare(containerId, image.diffIds(), new Snapshotter.Options(false, userns))
        .rootfs();
  }

  /** What a container has written; walks it. */
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
   * @param userns as in {@link #prepare}
   */
  public void unpackChanges(
      String containerId, InputStream archive, long bytes, Optional<Path> userns) {
    layers.unpack(containerId, archive, bytes, new Snapshotter.Options(false, userns));
  }

  /** Unmounts and deletes a container's root file system. Idempotent. */
  public void release(String containerId) {
    store.removeSnapshot(containerId);
  }
}
