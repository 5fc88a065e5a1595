package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.KernelFault;
import io.jcri.oci.file.SubPath;
import io.jcri.oci.file.Trees;
import io.jcri.oci.layer.Layer;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mounts images for containers: one overlay each, whatever the number of layers, or a copy where an
 * overlay won't do. Knows which layers are in use.
 *
 * <p>Each snapshot is a {@link SnapshotDirectory} below {@code root/snapshots}. The mounts outlive
 * the daemon. Thread-safe.
 */
public final class Snapshotter {

  private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);

  /**
   * How to mount.
   *
   * @param readOnly without a writable layer, as for an image volume
   * @param copied a plain directory with a copy of the image, which is the container's alone
   * @param userNamespace file of the user namespace whose ids the container sees
   * @param mountPoint an empty directory of the caller's to mount on: nobody but root reaches the
   *     snapshotter's own, so the root of a user namespace doesn't
   * @param label of SELinux that all files show, whatever their own is; a copy can't have one, its
   *     files are labelled themselves
   */
  public record Options(
      boolean readOnly,
      boolean copied,
      Optional<Path> userNamespace,
      Optional<Path> mountPoint,
      Optional<String> label) {
    public Options {
      if (copied && (readOnly || label.isPresent())) {
        throw new IllegalArgumentException("a copy is writable and shows its own labels");
      }
    }

    /** Mounted in the snapshot's own directory, without a label. */
    public Options(boolean readOnly, Optional<Path> userNamespace) {
      this(readOnly, false, userNamespace, Optional.empty(), Optional.empty());
    }

    /** Writable, with the host's ids. */
    public static final Options DEFAULT = new Options(false, Optional.empty());
  }

  private final Syscalls sys;
  private final Mounts mounts;
  private final LayerStore layers;
  private final LayerUsers users;
  private final SnapshotMounter mounter;
  private final Path root;

  /** Reads what is there and touches no mount. */
  public Snapshotter(Path stateRoot, Syscalls sys, Mounts mounts, LayerStore layers) {
    this.sys = sys;
    this.mounts = mounts;
    this.layers = layers;
    this.users = new LayerUsers(layers);
    this.root = stateRoot.resolve("snapshots");
    Path emptyLayer = stateRoot.resolve("empty");
    this.mounter = new SnapshotMounter(sys, mounts, emptyLayer);
    try {
      Trees.makeTop(sys, root);
      Files.createDirectories(emptyLayer);
      try (var entries = Files.newDirectoryStream(root)) {
        for (Path entry : entries) {
          load(new SnapshotDirectory(entry));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.error("snapshots in {} can't be listed, no layer goes: {}", root, Reasons.of(e));
      users.foundUnlisted(root);
    }
  }

  private void load(SnapshotDirectory directory) {
    try {
      users.found(directory.read());
    } catch (OciException e) {
      // As after a power cut, for each container that was made shortly before: LayerUsers tells of
      // what that means, once.
      LOG.debug("record of snapshot {} cannot be read: {}", directory.path(), e.getMessage());
      users.foundUnreadable(directory.unreadable());
    }
  }

  /**
   * Makes and mounts a snapshot, or leaves nothing.
   *
   * @param key letters, digits, dot, dash and underscore
   * @param diffIds of the image, from the lowest layer
   * @throws OciException INVALID when the key is no safe name, FAILED_PRECONDITION when it is
   *     taken, NOT_FOUND when a layer is not here
   */
  public Snapshot prepare(String key, List<Digest> diffIds, Options options) {
    SnapshotDirectory directory = SnapshotDirectory.of(root, key);
    LayerUsers.Entered entered =
        users.enter(key, diffIds, layerKeys -> directory.snapshot(layerKeys, options));
    boolean done = false;
    try {
      make(directory, entered.snapshot(), entered.stack(), options);
      done = true;
      return entered.snapshot();
    } catch (ErrnoException e) {
      throw KernelFault.of("cannot make snapshot " + key + " at " + directory.path(), e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make snapshot " + key + " at " + directory.path(), e);
    } finally {
      if (!done) {
        removeQuietly(key);
      }
    }
  }

  private void make(
      SnapshotDirectory directory, Snapshot snapshot, List<Layer> stack, Options options)
      throws IOException {
    directory.make(snapshot, options.mountPoint());
    if (snapshot.copied()) {
      mounter.copy(directory, snapshot, stack, options.userNamespace());
    }
    if (!snapshot.readOnly()) {
      mounter.adoptRoot(snapshot.upper(), stack, options.userNamespace().isPresent());
    }
    mounter.mount(directory, snapshot, stack, options.userNamespace());
  }

  /**
   * Mounts a snapshot again whose mount is gone, with the label it had; nothing to do when it is
   * there. The root's mode, owner and times are what the writable layer says by now.
   *
   * @param userNamespace as it was prepared with
   * @throws OciException NOT_FOUND when there is no such snapshot, or a layer of it is not here
   */
  public void remount(String key, Optional<Path> userNamespace) {
    Snapshot snapshot =
        find(key)
            .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no snapshot " + key));
    try {
      if (mounts.below(snapshot.rootfs()).isEmpty()) {
        remount(snapshot, userNamespace);
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot mount snapshot " + key, e);
    }
  }

  private void remount(Snapshot snapshot, Optional<Path> userNamespace) throws IOException {
    SnapshotDirectory directory = new SnapshotDirectory(root.resolve(snapshot.key()));
    List<Layer> stack = layers.byKeys(snapshot.layerKeys());
    try {
      mounter.mount(directory, snapshot, stack, userNamespace);
    } catch (IOException e) {
      List<Layer> now = layers.byKeys(snapshot.layerKeys());
      if (now.equals(stack)) {
        throw e;
      }
      // A pull has set a damaged layer aside meanwhile.
      mounter.mount(directory, snapshot, now, userNamespace);
    }
  }

  /** Unmounts and deletes a snapshot and all that its container has written; absent is fine. */
  public void remove(String key) {
    SnapshotDirectory directory = SnapshotDirectory.of(root, key);
    try {
      Optional<Snapshot> known = find(key);
      if (known.isPresent()) {
        mounts.unmount(known.get().rootfs());
      }
      mounts.unmount(directory.rootfs());
      Trees.delete(sys, directory.path());
    } catch (IOException e) {
      throw OciException.ofIo("cannot remove snapshot " + key, e);
    }
    // Last: as long as a mount may be there, its layers are in use.
    users.forget(key);
  }

  private void removeQuietly(String key) {
    try {
      remove(key);
    } catch (OciException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  /** A snapshot that was prepared and not removed, whether its mount is there or not. */
  public Optional<Snapshot> find(String key) {
    return users.find(key);
  }

  /**
   * Where a path of a read-only snapshot is on the host: a directory or a plain file. Links are
   * resolved within the image.
   *
   * @param subPath empty or {@code /} for all of it
   * @throws OciException NOT_FOUND, or INVALID for a device, socket or pipe
   */
  public Path locate(Snapshot snapshot, String subPath) {
    if (!snapshot.readOnly()) {
      throw new IllegalArgumentException("snapshot " + snapshot.key() + " can change");
    }
    return SubPath.resolve(sys, snapshot.rootfs(), subPath);
  }

  /** All snapshots, in no order. */
  public Collection<Snapshot> list() {
    return users.list();
  }

  /**
   * What the writable layer, or the whole of a copy, and volumes take; walks them. Nothing when it
   * is gone.
   */
  public DiskUsage usage(String key) {
    Optional<Snapshot> found = find(key);
    if (found.isEmpty() || found.get().readOnly()) {
      return DiskUsage.NONE;
    }
    Snapshot snapshot = found.get();
    try {
      return Trees.usage(sys, snapshot.upper()).plus(WritableVolumes.usage(sys, snapshot));
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        return DiskUsage.NONE;
      }
      throw OciException.ofIo("cannot measure snapshot " + key, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot measure snapshot " + key, e);
    }
  }

  /** Keeps layers from {@link #collect} while an image is being pulled. */
  public LayerHold hold(List<Digest> diffIds) {
    return users.hold(diffIds);
  }

  /** Whether no layer goes, as some snapshot's record cannot be read, which may name any. */
  public boolean keepsAllLayers() {
    return users.keepAll();
  }

  /**
   * Deletes the layers that no image, snapshot or hold needs, and returns when their space is free.
   *
   * @param images gives the diff IDs of each image; called while nothing can come into use
   */
  public void collect(Supplier<List<List<Digest>>> images) {
    users.collect(images);
  }
}
