package io.jcri.daemon.image;

import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Platform;
import io.jcri.oci.image.FsUsage;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageStore;
import io.jcri.oci.image.PullProgress;
import io.jcri.oci.image.PullRequest;
import io.jcri.oci.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The node's images and the root file systems made of them.
 *
 * <p>Thread-safe.
 */
public final class Images {
  private final ImageStore store;
  private final Snapshotter snapshots;

  public Images(ImageStore store, Snapshotter snapshots) {
    this.store = store;
    this.snapshots = snapshots;
  }

  /** Fetches an image, or finds that it is here already. */
  public Image pull(String name, Optional<Credentials> credentials) {
    return store.pull(
        new PullRequest(ImageReference.parse(name), credentials, Platform.host()),
        PullProgress.NONE);
  }

  public List<Image> list() {
    return store.list();
  }

  /** By name, id, digest or unique prefix of an id. */
  public Optional<Image> find(String name) {
    return store.find(name);
  }

  /** Removes all names of the image and frees its space. Idempotent. */
  public void remove(String name) {
    store.remove(name);
  }

  public FsUsage usage() {
    return store.usage();
  }

  /**
   * Makes and mounts a container's root file system.
   *
   * @return where it is mounted
   */
  public Path prepare(String containerId, Image image, Optional<UserMappings> user)
      throws IOException {
    return snapshots.prepare(containerId, image.diffIds(), IdMaps.of(user)).rootfs();
  }

  /** Unmounts and deletes a container's root file system. Idempotent. */
  public void release(String containerId) throws IOException {
    snapshots.remove(containerId);
  }
}
