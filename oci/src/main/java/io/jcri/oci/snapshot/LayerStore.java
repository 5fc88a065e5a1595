package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.sandbox.mount.OverlayMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unpacked layers of a node, each once. Layers are unpacked side by side and in any order.
 *
 * <pre>
 * root/layers/KEY/diff        the tree
 * root/layers/KEY/layer.json  {"version":1,"diffId":"sha256:...","bytes":4096,"inodes":1,"independent":true,
 *                             "hasRoot":true,"opaqueRoot":false}
 * root/layers/new-N/          being unpacked, or left by a daemon that died: removed at the next start
 * root/layers/gone-N/         being deleted: the same
 * </pre>
 *
 * A directory with a KEY (64 hex digits) is whole and durable: its content was synced before it was
 * renamed to that name. Thread-safe.
 */
public final class LayerStore {

  private static final Logger LOG = LoggerFactory.getLogger(LayerStore.class);

  /** The largest layer, unpacked and as tar, that is not taken for an attack. */
  private static final long MAX_LAYER_BYTES = 512L << 30;

  private record Info(
      int version,
      Digest diffId,
      long bytes,
      long inodes,
      boolean independent,
      boolean hasRoot,
      boolean opaqueRoot) {}

  private final Syscalls sys;
  private final Mounts mounts;
  private final Path root;
  private final GroupSync sync;
  private final LayerUnpacker unpacker;
  private final Map<String, Layer> layers = new ConcurrentHashMap<>();
  private final AtomicLong names = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong inodes = new AtomicLong();
  private final List<Path> leftovers = Collections.synchronizedList(new ArrayList<>());

  /** Reads what is there; {@link #removeLeftovers} does the slow part. */
  public LayerStore(Path stateRoot, Syscalls sys, Mounts mounts) {
    this.sys = sys;
    this.mounts = mounts;
    this.root = stateRoot.resolve("layers");
    this.unpacker = new LayerUnpacker(sys);
    try {
      Trees.makeTop(sys, root);
      try (var entries = Files.newDirectoryStream(root)) {
        for (Path entry : entries) {
          load(entry);
        }
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot open the layers at " + root, e);
    }
    this.sync = new GroupSync(sys, root);
  }

  private void load(Path directory) {
    String name = String.valueOf(directory.getFileName());
    if (name.startsWith("new-") || name.startsWith("gone-")) {
      leftovers.add(directory);
      return;
    }
    try {
      Info info = Json.parse(Files.readAllBytes(directory.resolve("layer.json")), Info.class);
      if (info.version != 1) {
        throw new OciException(OciException.Kind.INVALID, "version " + info.version);
      }
      add(layer(name, info));
    } catch (IOException | OciException e) {
      // The image that needs it is pulled again; nothing uses a layer that is not listed.
      LOG.warn("layer {} is damaged and will be removed: {}", directory, e.getMessage());
      leftovers.add(directory);
    }
  }

  private Layer layer(String key, Info info) {
    return new Layer(
        key,
        info.diffId,
        root.resolve(key).resolve("diff"),
        new DiskUsage(info.bytes, info.inodes),
        info.independent,
        info.hasRoot,
        info.opaqueRoot);
  }

  private void add(Layer layer) {
    if (layers.putIfAbsent(layer.key(), layer) == null) {
      bytes.addAndGet(layer.usage().bytes());
      inodes.addAndGet(layer.usage().inodes());
    }
  }

  /** Deletes what a daemon that died has left; may take long. */
  public void removeLeftovers() {
    for (Path directory : List.copyOf(leftovers)) {
      try {
        mounts.unmount(directory.resolve("lower"));
        Trees.delete(sys, directory);
        leftovers.remove(directory);
      } catch (IOException e) {
        LOG.warn("cannot remove {}: {}", directory, e.getMessage());
      }
    }
  }

  /**
   * The layer on top of a stack, when it is here.
   *
   * @param stack diff IDs from the lowest to this one
   */
  public Optional<Layer> find(List<Digest> stack) {
    Layer alone = layers.get(stack.getLast().hex());
    return Optional.ofNullable(
        alone != null && alone.independent() ? alone : layers.get(chainKey(stack)));
  }

  /** All layers of a stack from the lowest, or empty when one is missing. */
  public Optional<List<Layer>> findAll(List<Digest> diffIds) {
    List<Layer> found = new ArrayList<>(diffIds.size());
    List<Digest> chainIds = ChainIds.of(diffIds);
    for (int i = 0; i < diffIds.size(); i++) {
      Layer layer = layers.get(diffIds.get(i).hex());
      if (layer == null || !layer.independent()) {
        layer = layers.get(chainIds.get(i).hex());
      }
      if (layer == null) {
        return Optional.empty();
      }
      found.add(layer);
    }
    return Optional.of(found);
  }

  /** Layers by the keys that a snapshot recorded. */
  List<Layer> byKeys(List<String> keys) {
    List<Layer> found = new ArrayList<>();
    for (String key : keys) {
      Layer layer = layers.get(key);
      if (layer == null) {
        throw new OciException(OciException.Kind.NOT_FOUND, "layer " + key + " is not here");
      }
      found.add(layer);
    }
    return found;
  }

  private static String chainKey(List<Digest> stack) {
    return ChainIds.of(stack).getLast().hex();
  }

  /** The keys that a stack's layers may have, for {@link #retain}. */
  static List<String> possibleKeys(List<Digest> diffIds) {
    List<String> keys = new ArrayList<>();
    diffIds.forEach(id -> keys.add(id.hex()));
    ChainIds.of(diffIds).forEach(id -> keys.add(id.hex()));
    return keys;
  }

  /**
   * Unpacks a layer and makes it durable, unless it is here already.
   *
   * @param stack diff IDs from the lowest layer to this one
   * @param blob as in the registry; read to its end, not closed
   * @param blobSize in bytes
   * @param lower waits for the layers below, from the lowest; called only when this one depends on
   *     them
   * @throws OciException DATA_LOSS when the content is damaged or not that of the diff ID; as
   *     {@link LayerUnpacker#unpack}
   */
  public Layer unpack(
      List<Digest> stack, InputStream blob, long blobSize, Supplier<List<Layer>> lower) {
    Path directory =
        root.resolve("new-" + names.incrementAndGet() + "-" + ProcessHandle.current().pid());
    boolean done = false;
    try {
      Path tree = Files.createDirectories(directory.resolve("diff"));
      UnpackedLayer unpacked = unpackInto(directory, stack.getLast(), blob, blobSize);
      String key = stack.getLast().hex();
      if (!unpacked.isIndependent()) {
        key = chainKey(stack);
        rebase(unpacked, tree, directory.resolve("lower"), lower.get());
      }
      Layer layer = commit(directory, key, unpacked);
      done = true;
      return layer;
    } catch (ErrnoException e) {
      throw LayerUnpacker.failure("cannot store layer " + stack.getLast() + " at " + directory, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot store layer " + stack.getLast() + " at " + directory, e);
    } finally {
      if (!done) {
        discard(directory);
      }
    }
  }

  private UnpackedLayer unpackInto(Path directory, Digest diffId, InputStream blob, long blobSize)
      throws IOException {
    String name = diffId.hex().substring(0, 8);
    try (LayerStream stream = new LayerStream(sys, blob, name, blobSize, MAX_LAYER_BYTES)) {
      UnpackedLayer unpacked =
          unpacker.unpack(stream, directory.resolve("diff"), directory.resolve("directories"));
      if (!unpacked.diffId().equals(diffId)) {
        throw new OciException(
            OciException.Kind.DATA_LOSS,
            "layer has the diff ID " + unpacked.diffId() + ", the image's config says " + diffId);
      }
      return unpacked;
    }
  }

  private void rebase(UnpackedLayer unpacked, Path tree, Path mountPoint, List<Layer> lower)
      throws IOException {
    if (lower.isEmpty() && unpacked.missingLinks().isEmpty()) {
      return;
    }
    Files.createDirectory(mountPoint);
    List<Path> trees = Stacks.directories(lower);
    if (!trees.isEmpty()) {
      mounts.overlay(OverlayMount.ofLayers(trees), mountPoint);
    }
    try {
      LayerRebase.apply(sys, unpacked, tree, mountPoint);
    } finally {
      mounts.unmount(mountPoint);
    }
    Files.delete(mountPoint);
  }

  private Layer commit(Path directory, String key, UnpackedLayer unpacked) throws IOException {
    Info info =
        new Info(
            1,
            unpacked.diffId(),
            unpacked.usage().bytes(),
            unpacked.usage().inodes(),
            unpacked.isIndependent(),
            unpacked.hasRoot(),
            unpacked.opaqueRoot());
    Files.write(directory.resolve("layer.json"), Json.toBytes(info));
    sync.sync();
    Layer layer = layer(key, info);
    try {
      Files.move(directory, root.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (java.nio.file.FileSystemException e) {
      // Someone else was first with the same content.
      Layer there = layers.get(key);
      if (there == null) {
        throw e;
      }
      discard(directory);
      return there;
    }
    add(layer);
    return layer;
  }

  /** Makes the names of committed layers durable; before anything durable refers to them. */
  public void syncNames() {
    try (var directory = java.nio.channels.FileChannel.open(root)) {
      directory.force(true);
    } catch (IOException e) {
      throw OciException.ofIo("cannot sync " + root, e);
    }
  }

  /**
   * Takes layers out of the store that are not in the set. Quick: deletes nothing yet.
   *
   * @return what to give to {@link #delete}
   */
  List<Path> retain(Set<String> keys) {
    List<Path> gone = new ArrayList<>();
    for (Layer layer : List.copyOf(layers.values())) {
      if (!keys.contains(layer.key())) {
        Path grave =
            root.resolve("gone-" + names.incrementAndGet() + "-" + ProcessHandle.current().pid());
        try {
          Files.move(root.resolve(layer.key()), grave, StandardCopyOption.ATOMIC_MOVE);
          gone.add(grave);
        } catch (IOException e) {
          LOG.warn("cannot remove layer {}: {}", layer.key(), e.getMessage());
          continue;
        }
        layers.remove(layer.key());
        bytes.addAndGet(-layer.usage().bytes());
        inodes.addAndGet(-layer.usage().inodes());
      }
    }
    return gone;
  }

  /** Frees the space of layers that {@link #retain} took out. */
  void delete(List<Path> gone) {
    gone.forEach(this::discard);
  }

  /** Every layer, in no order. */
  public Collection<Layer> list() {
    return Collections.unmodifiableCollection(layers.values());
  }

  /** What all layers take; costs nothing. */
  public DiskUsage usage() {
    return new DiskUsage(bytes.get(), inodes.get());
  }

  /** A directory for temporary files on the same file system; a leftover like any other. */
  public Path makeTemporary() {
    try {
      return Files.createDirectory(
          root.resolve("new-" + names.incrementAndGet() + "-" + ProcessHandle.current().pid()));
    } catch (IOException e) {
      throw OciException.ofIo("cannot make a directory in " + root, e);
    }
  }

  /** Unpacks an archive that is no layer, such as an exported image, into an empty directory. */
  public void unpackArchive(InputStream archive, Path directory) {
    try (LayerStream stream =
        new LayerStream(sys, archive, "import", Long.MAX_VALUE, MAX_LAYER_BYTES)) {
      UnpackedLayer _ =
          unpacker.unpack(
              stream,
              Files.createDirectory(directory.resolve("diff")),
              directory.resolve("directories"));
    } catch (IOException e) {
      throw OciException.ofIo("cannot unpack the archive into " + directory, e);
    }
  }

  /** Deletes a temporary directory; what cannot be deleted now is tried again at the next start. */
  public void discard(@Nullable Path directory) {
    if (directory == null) {
      return;
    }
    try {
      Trees.delete(sys, directory);
    } catch (IOException e) {
      leftovers.add(directory);
      LOG.warn("cannot remove {}: {}", directory, e.getMessage());
    }
  }
}
