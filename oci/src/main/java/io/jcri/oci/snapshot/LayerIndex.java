package io.jcri.oci.snapshot;

import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.TemporaryTrees;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.LayerInfo;
import io.jcri.oci.record.RecordFile;
import io.jcri.oci.record.RecordReading;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which layers are in the store, and what they take. A layer's record is read when it is first
 * asked for. Thread-safe.
 */
final class LayerIndex {

  private static final Logger LOG = LoggerFactory.getLogger(LayerIndex.class);

  /** A layer's own directory, and its record in it. */
  private static final DiskUsage AROUND = DiskUsage.ofFile(4096).plus(DiskUsage.ofFile(1));

  private final Path root;
  private final TemporaryTrees temporary;

  /** The keys of all layers that are here. */
  private final Set<String> present = ConcurrentHashMap.newKeySet();

  /** Those whose layer.json was read; {@link #bytes} and {@link #inodes} are their sums. */
  private final Map<String, Layer> layers = new ConcurrentHashMap<>();

  private final DamagedLayers damaged;

  /** Of the damaged those that the disk would not let us look at: they may be whole. */
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong inodes = new AtomicLong();

  /** A layer is not taken away while its record is read: it would be entered again. */
  private final ReentrantLock lock = new ReentrantLock();

  LayerIndex(Path root, TemporaryTrees temporary) {
    this.root = root;
    this.temporary = temporary;
    this.damaged = new DamagedLayers(root);
  }

  DamagedLayers damaged() {
    return damaged;
  }

  /** Says that there is a layer of that key, without a look at it. */
  void expect(String key) {
    present.add(key);
  }

  boolean seemsToHave(String key) {
    return present.contains(key);
  }

  /** The keys of all layers but the damaged; changes while it is looked at. */
  Set<String> keys() {
    return present;
  }

  /**
   * The layer of a key, or null when it is not here or damaged: then the image that needs it is
   * pulled again. A damaged one is tried again each time: what the disk refuses today may be read
   * tomorrow.
   */
  @Nullable Layer get(String key) {
    Layer known = layers.get(key);
    if (known != null || !isThere(key)) {
      return known;
    }
    lock.lock();
    try {
      return isThere(key) ? read(key) : null;
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #get} has found no layer because of an I/O error, which may pass. */
  boolean isUnreadable(String key) {
    return damaged.isInPlace(key) && unreadable.contains(key);
  }

  private boolean isThere(String key) {
    return present.contains(key) || damaged.isInPlace(key);
  }

  private @Nullable Layer read(String key) {
    Path directory = root.resolve(key);
    RecordFile<LayerInfo> file =
        new RecordFile<>(directory.resolve("layer.json"), LayerInfo.FORMAT, LayerInfo.MAX_BYTES);
    return switch (file.read()) {
      case RecordReading.Read<LayerInfo> found -> add(key, found.value());
      case RecordReading.Unreadable<LayerInfo> bad -> {
        unreadable.add(key);
        yield damaged(key, directory, bad.reason());
      }
      case RecordReading.Torn<LayerInfo> bad -> lost(key, directory, bad.reason());
      case RecordReading.FromNewer<LayerInfo> bad -> lost(key, directory, bad.reason());
      case RecordReading.Absent<LayerInfo> _ -> lost(key, directory, "it has no layer.json");
    };
  }

  private @Nullable Layer lost(String key, Path directory, String why) {
    unreadable.remove(key);
    return damaged(key, directory, why);
  }

  private @Nullable Layer damaged(String key, Path directory, String why) {
    setDamaged(key, directory, why);
    return null;
  }

  private void setDamaged(String key, Path directory, String why) {
    present.remove(key);
    if (!Files.isDirectory(directory)) {
      damaged.removeInPlace(key);
      LOG.warn("layer {} is gone", directory);
    } else if (damaged.addInPlace(key)) {
      LOG.warn(
          "layer {} counts as missing, and stays while a container or image volume may use it: {}",
          directory,
          why);
    }
  }

  /**
   * Gives a directory that is whole and durable its name. When there is such a layer already, that
   * one is returned and the directory stays where it is.
   */
  Layer enter(Path directory, String key, LayerInfo info) throws IOException {
    lock.lock();
    try {
      Files.move(directory, root.resolve(key), StandardCopyOption.ATOMIC_MOVE);
      return add(key, info);
    } catch (FileSystemException e) {
      Layer there = get(key);
      if (there != null) {
        return there;
      }
      if (!damaged.isInPlace(key)) {
        throw e;
      }
      Path aside = temporary.aside(key);
      Files.move(root.resolve(key), aside, StandardCopyOption.ATOMIC_MOVE);
      damaged.removeInPlace(key);
      damaged.addAside(key, aside);
      Files.move(directory, root.resolve(key), StandardCopyOption.ATOMIC_MOVE);
      return add(key, info);
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held. */
  private Layer add(String key, LayerInfo info) {
    Layer layer =
        new Layer(
            key,
            root.resolve(key).resolve("diff"),
            new DiskUsage(info.bytes(), info.inodes()),
            info.hasRoot(),
            info.opaqueRoot());
    Layer first = layers.putIfAbsent(key, layer);
    if (first != null) {
      return first;
    }
    count(layer.usage(), 1);
    present.add(key);
    damaged.removeInPlace(key);
    unreadable.remove(key);
    return layer;
  }

  /**
   * Takes a layer's name from it, so that it is no longer here; what is mounted of it stays
   * readable.
   *
   * @return where it is now, to be deleted; empty when it cannot be moved
   */
  Optional<Path> bury(String key) {
    Path grave = temporary.grave();
    lock.lock();
    try {
      Files.move(root.resolve(key), grave, StandardCopyOption.ATOMIC_MOVE);
      present.remove(key);
      damaged.removeInPlace(key);
      unreadable.remove(key);
      Layer layer = layers.remove(key);
      if (layer != null) {
        count(layer.usage(), -1);
      }
      return Optional.of(grave);
    } catch (IOException e) {
      LOG.warn("cannot remove layer {}: {}", key, e.getMessage());
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** What all layers take whose records were read: their trees, directories and records. */
  DiskUsage usage() {
    return new DiskUsage(bytes.get(), inodes.get());
  }

  private void count(DiskUsage tree, int sign) {
    bytes.addAndGet(sign * (tree.bytes() + AROUND.bytes()));
    inodes.addAndGet(sign * (tree.inodes() + AROUND.inodes()));
  }

  /** Whether {@link #usage} counts every layer. */
  boolean isReadWhole() {
    return layers.size() >= present.size();
  }
}
