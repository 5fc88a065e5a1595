package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.sandbox.mount.OverlayMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mounts images for containers: one overlay each, whatever the number of layers. Knows which layers
 * are in use.
 *
 * <pre>
 * root/snapshots/KEY/snapshot.json  {"version":1,"layers":["KEY of the lowest",...],"readOnly":false}
 * root/snapshots/KEY/upper          what the container has changed
 * root/snapshots/KEY/work           of the kernel
 * root/snapshots/KEY/volumes        what WritableVolumes makes
 * root/snapshots/KEY/rootfs         the mount point, unless the caller has one elsewhere
 * </pre>
 *
 * Nothing here is synced: a container does not outlive the machine. The mounts outlive the daemon.
 * Thread-safe.
 */
public final class Snapshotter {

  private static final Logger LOG = LoggerFactory.getLogger(Snapshotter.class);

  private record Info(
      int version,
      List<String> layers,
      boolean readOnly,
      Optional<Path> mountPoint,
      Optional<String> label) {}

  /**
   * How to mount.
   *
   * @param readOnly without a writable layer, as for an image volume
   * @param userNamespace file of the user namespace whose ids the container sees
   * @param mountPoint an empty directory of the caller's to mount on: nobody but root reaches the
   *     snapshotter's own, so the root of a user namespace doesn't
   * @param label of SELinux that all files show, whatever their own is
   */
  public record Options(
      boolean readOnly,
      Optional<Path> userNamespace,
      Optional<Path> mountPoint,
      Optional<String> label) {
    /** Mounted in the snapshot's own directory, without a label. */
    public Options(boolean readOnly, Optional<Path> userNamespace) {
      this(readOnly, userNamespace, Optional.empty(), Optional.empty());
    }

    /** Writable, with the host's ids. */
    public static final Options DEFAULT = new Options(false, Optional.empty());
  }

  private final Syscalls sys;
  private final Mounts mounts;
  private final LayerStore layers;
  private final Path root;
  private final Path emptyLayer;
  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();

  /** Guards what is in use against {@link #collect}; held for no longer than a few renames. */
  private final ReentrantLock useLock = new ReentrantLock();

  private final Set<Hold> holds = new HashSet<>();

  /** A snapshot whose record is unreadable may use any layer: none goes until it is removed. */
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  /** Reads what is there and touches no mount. */
  public Snapshotter(Path stateRoot, Syscalls sys, Mounts mounts, LayerStore layers) {
    this.sys = sys;
    this.mounts = mounts;
    this.layers = layers;
    this.root = stateRoot.resolve("snapshots");
    this.emptyLayer = stateRoot.resolve("empty");
    try {
      Trees.makeTop(sys, root);
      Files.createDirectories(emptyLayer);
      try (var entries = Files.newDirectoryStream(root)) {
        for (Path entry : entries) {
          load(entry);
        }
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot open the snapshots at " + root, e);
    }
  }

  private void load(Path directory) {
    String key = String.valueOf(directory.getFileName());
    try {
      Info info = Json.parse(Files.readAllBytes(directory.resolve("snapshot.json")), Info.class);
      if (info.version != 1) {
        throw new OciException(OciException.Kind.INVALID, "version " + info.version);
      }
      snapshots.put(key, snapshot(key, info.layers, info.readOnly, info.mountPoint, info.label));
    } catch (IOException | OciException e) {
      LOG.warn("record of snapshot {} is damaged: {}", directory, e.getMessage());
      snapshots.put(key, snapshot(key, List.of(), false, Optional.empty(), Optional.empty()));
      unreadable.add(key);
    }
  }

  private Snapshot snapshot(
      String key,
      List<String> layerKeys,
      boolean readOnly,
      Optional<Path> mountPoint,
      Optional<String> label) {
    Path directory = root.resolve(key);
    return new Snapshot(
        key,
        mountPoint.orElse(directory.resolve("rootfs")),
        directory.resolve("upper"),
        layerKeys,
        readOnly,
        label);
  }

  /**
   * Makes and mounts a snapshot, or leaves nothing.
   *
   * @param key letters, digits, dot, dash and underscore
   * @param diffIds of the image, from the lowest layer
   * @throws OciException FAILED_PRECONDITION when the key is taken, NOT_FOUND when a layer is not
   *     here
   */
  public Snapshot prepare(String key, List<Digest> diffIds, Options options) {
    checkKey(key);
    List<Layer> stack;
    Snapshot snapshot;
    useLock.lock();
    try {
      stack =
          layers
              .findAll(diffIds)
              .orElseThrow(() ->
                  new OciException(
                      OciException.Kind.NOT_FOUND,
                      "snapshot " + key + " needs a layer that is not here; pull the image again"));
      List<String> layerKeys = stack.stream().map(Layer::key).toList();
      snapshot =
          snapshot(key, layerKeys, options.readOnly(), options.mountPoint(), options.label());
      if (snapshots.putIfAbsent(key, snapshot) != null) {
        throw new OciException(
            OciException.Kind.FAILED_PRECONDITION, "snapshot " + key + " exists already");
      }
    } finally {
      useLock.unlock();
    }
    boolean done = false;
    try {
      make(snapshot, stack, options);
      done = true;
      return snapshot;
    } catch (ErrnoException e) {
      throw LayerUnpacker.failure("cannot make snapshot " + key + " at " + root.resolve(key), e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make snapshot " + key + " at " + root.resolve(key), e);
    } finally {
      if (!done) {
        removeQuietly(key);
      }
    }
  }

  private void make(Snapshot snapshot, List<Layer> stack, Options options) throws IOException {
    Path directory = root.resolve(snapshot.key());
    Files.createDirectory(directory);
    // The record first: if we die behind it, the next daemon knows which layers a mount may use.
    Files.write(
        directory.resolve("snapshot.json"),
        Json.toBytes(
            new Info(
                1,
                snapshot.layerKeys(),
                snapshot.readOnly(),
                options.mountPoint(),
                snapshot.label())));
    Files.createDirectory(snapshot.upper());
    Files.createDirectory(directory.resolve("rootfs"));
    if (!snapshot.readOnly()) {
      adoptRoot(snapshot.upper(), stack, options.userNamespace().isPresent());
    }
    mount(snapshot, stack, options.userNamespace());
  }

  private void mount(Snapshot snapshot, List<Layer> stack, Optional<Path> userNamespace)
      throws IOException {
    OverlayMount overlay = OverlayMount.ofLayers(lowers(snapshot, Stacks.directories(stack)));
    if (!snapshot.readOnly()) {
      Path work = root.resolve(snapshot.key()).resolve("work");
      // One that was mounted volatile before is refused by the kernel; its content is worth
      // nothing.
      Trees.delete(sys, work);
      Files.createDirectory(work);
      overlay = overlay.withUpper(snapshot.upper(), work, true);
    }
    if (userNamespace.isPresent()) {
      overlay = overlay.idMapped(userNamespace.get());
    }
    if (snapshot.label().isPresent()) {
      overlay = overlay.labelled(snapshot.label().get());
    }
    mounts.overlay(overlay, snapshot.rootfs());
  }

  /**
   * Of a single layer alone there is no overlay, only a copy of its mount, which takes no label.
   */
  private List<Path> lowers(Snapshot snapshot, List<Path> trees) {
    if (trees.isEmpty()) {
      return List.of(emptyLayer);
    }
    return trees.size() == 1 && snapshot.readOnly() && snapshot.label().isPresent()
        ? List.of(trees.getFirst(), emptyLayer)
        : trees;
  }

  /** The root of an overlay is that of its upper layer: it gets what the image says of its root. */
  private void adoptRoot(Path upper, List<Layer> stack, boolean mapped) throws IOException {
    for (Layer layer : stack.reversed()) {
      if (layer.hasRoot()) {
        FileStat stat = sys.fstatat(Fd.CWD, layer.directory().toString());
        if (!mapped && (stat.uid() != 0 || stat.gid() != 0)) {
          sys.fchownat(Fd.CWD, upper.toString(), stat.uid(), stat.gid());
        }
        sys.fchmodat(Fd.CWD, upper.toString(), stat.permissions());
        sys.utimensat(
            Fd.CWD,
            upper.toString(),
            stat.modifiedSec(),
            stat.modifiedNs(),
            stat.modifiedSec(),
            stat.modifiedNs());
        return;
      }
    }
    sys.fchmodat(Fd.CWD, upper.toString(), 0755);
  }

  /**
   * Mounts a snapshot again whose mount is gone, with the label it had; nothing to do when it is
   * there. The root's mode, owner and times are what the writable layer says by now.
   *
   * @param userNamespace as it was prepared with
   */
  public void remount(String key, Optional<Path> userNamespace) {
    Snapshot snapshot =
        find(key)
            .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no snapshot " + key));
    try {
      if (mounts.below(snapshot.rootfs()).isEmpty()) {
        mount(snapshot, layers.byKeys(snapshot.layerKeys()), userNamespace);
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot mount snapshot " + key, e);
    }
  }

  /** Unmounts and deletes a snapshot and all that its container has written; absent is fine. */
  public void remove(String key) {
    checkKey(key);
    Path directory = root.resolve(key);
    try {
      Optional<Snapshot> known = find(key);
      if (known.isPresent()) {
        mounts.unmount(known.get().rootfs());
      }
      mounts.unmount(directory.resolve("rootfs"));
      Trees.delete(sys, directory);
    } catch (IOException e) {
      throw OciException.ofIo("cannot remove snapshot " + key, e);
    }
    // Last: as long as a mount may be there, its layers are in use.
    snapshots.remove(key);
    unreadable.remove(key);
  }

  private void removeQuietly(String key) {
    try {
      remove(key);
    } catch (OciException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  public Optional<Snapshot> find(String key) {
    return Optional.ofNullable(snapshots.get(key));
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
    return List.copyOf(snapshots.values());
  }

  /** What the writable layer and volumes take; walks them. Nothing when it is gone. */
  public DiskUsage usage(String key) {
    Snapshot snapshot = snapshots.get(key);
    if (snapshot == null || snapshot.readOnly()) {
      return DiskUsage.NONE;
    }
    try {
      return Trees.usage(sys, snapshot.upper()).plus(WritableVolumes.usage(sys, snapshot));
    } catch (ErrnoException e) {
      if (e.is(io.jcri.sandbox.linux.Errno.ENOENT)) {
        return DiskUsage.NONE;
      }
      throw OciException.ofIo("cannot measure snapshot " + key, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot measure snapshot " + key, e);
    }
  }

  /** Keeps a stack's layers, those that are here and those to come, until closed. */
  public final class Hold implements AutoCloseable {
    private final List<String> keys;

    private Hold(List<String> keys) {
      this.keys = keys;
    }

    @Override
    public void close() {
      useLock.lock();
      try {
        holds.remove(this);
      } finally {
        useLock.unlock();
      }
    }
  }

  /** Keeps layers from {@link #collect} while an image is being pulled. */
  public Hold hold(List<Digest> diffIds) {
    Hold hold = new Hold(ChainIds.possibleKeys(diffIds));
    useLock.lock();
    try {
      holds.add(hold);
    } finally {
      useLock.unlock();
    }
    return hold;
  }

  /**
   * Deletes the layers that no image, snapshot or hold needs, and returns when their space is free.
   *
   * @param images gives the diff IDs of each image; called while nothing can come into use
   */
  public void collect(Supplier<List<List<Digest>>> images) {
    List<Path> gone = new ArrayList<>();
    useLock.lock();
    try {
      if (!unreadable.isEmpty()) {
        LOG.warn("layers are kept as long as snapshots {} are not removed", unreadable);
        return;
      }
      Set<String> used = new HashSet<>();
      images.get().forEach(diffIds -> used.addAll(ChainIds.possibleKeys(diffIds)));
      snapshots.values().forEach(snapshot -> used.addAll(snapshot.layerKeys()));
      holds.forEach(hold -> used.addAll(hold.keys));
      gone.addAll(layers.retain(used));
    } finally {
      useLock.unlock();
    }
    layers.delete(gone);
  }

  private static void checkKey(String key) {
    boolean clean =
        !key.isEmpty()
            && key.length() <= 128
            && key.charAt(0) != '.'
            && key.chars()
                .allMatch(c ->
                    (Character.isLetterOrDigit(c) && c < 128) || c == '.' || c == '-' || c == '_');
    if (!clean) {
      throw new OciException(OciException.Kind.INVALID, "bad snapshot key \"" + key + "\"");
    }
  }
}
