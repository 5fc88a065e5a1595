package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.layer.ChainIds;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.Stacks;
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
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who uses the layers: every snapshot, and holds for images on their way. Those that none of them
 * and no image needs can be collected. Thread-safe.
 */
final class LayerUsers {

  private static final Logger LOG = LoggerFactory.getLogger(LayerUsers.class);

  /**
   * A new snapshot and what is below it.
   *
   * @param stack its layers, from the lowest
   */
  record Entered(Snapshot snapshot, List<Layer> stack) {}

  private final LayerStore layers;
  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();

  /** Guards what is in use against {@link #collect}; held for no longer than a few renames. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Set<LayerHold> holds = new HashSet<>();

  /** A snapshot whose record is unreadable may use any layer: none goes until it is removed. */
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  LayerUsers(LayerStore layers) {
    this.layers = layers;
  }

  /** Takes in a snapshot of an earlier daemon, which names its layers. */
  void found(Snapshot snapshot) {
    snapshots.put(snapshot.key(), snapshot);
  }

  /** Takes in a snapshot of an earlier daemon whose layers are not known. */
  void foundUnreadable(Snapshot snapshot) {
    snapshots.put(snapshot.key(), snapshot);
    unreadable.add(snapshot.key());
  }

  /** There may be more snapshots than were found: no layer goes as long as we are here. */
  void foundUnlisted(Path directory) {
    unreadable.add("in " + directory);
  }

  /**
   * Enters a new snapshot, from when on its layers stay.
   *
   * @param diffIds of the image, from the lowest layer
   * @param snapshot makes it of the layers' keys
   * @throws OciException FAILED_PRECONDITION when the key is taken, NOT_FOUND when a layer is not
   *     here
   */
  Entered enter(String key, List<Digest> diffIds, Function<List<String>, Snapshot> snapshot) {
    lock.lock();
    try {
      List<Layer> stack =
          layers
              .findAll(diffIds)
              .orElseThrow(() ->
                  new OciException(
                      OciException.Kind.NOT_FOUND,
                      "snapshot " + key + " needs a layer that is not here; pull the image again"));
      // What is hidden is not mounted. Of the rest each layer's tree is enough to mount it again.
      Snapshot entered = snapshot.apply(Stacks.visible(stack).stream().map(Layer::key).toList());
      if (snapshots.putIfAbsent(key, entered) != null) {
        throw new OciException(
            OciException.Kind.FAILED_PRECONDITION, "snapshot " + key + " exists already");
      }
      return new Entered(entered, stack);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of a removed snapshot's layers; absent is fine. */
  void forget(String key) {
    snapshots.remove(key);
    unreadable.remove(key);
    deleteUnusedAside();
  }

  /** Damaged layers that were set aside go with the last snapshot that names them. */
  private void deleteUnusedAside() {
    if (!layers.hasAside()) {
      return;
    }
    List<Path> gone = List.of();
    lock.lock();
    try {
      if (unreadable.isEmpty()) {
        gone = layers.retainAside(named());
      }
    } finally {
      lock.unlock();
    }
    layers.delete(gone);
  }

  /** The keys of layers that snapshots name. */
  private Set<String> named() {
    Set<String> keys = new HashSet<>();
    snapshots.values().forEach(snapshot -> keys.addAll(snapshot.layerKeys()));
    return keys;
  }

  Optional<Snapshot> find(String key) {
    return Optional.ofNullable(snapshots.get(key));
  }

  /** All snapshots, in no order. */
  Collection<Snapshot> list() {
    return List.copyOf(snapshots.values());
  }

  /** As {@link Snapshotter#hold}. */
  LayerHold hold(List<Digest> diffIds) {
    LayerHold hold = new LayerHold(this, ChainIds.possibleKeys(diffIds));
    lock.lock();
    try {
      holds.add(hold);
    } finally {
      lock.unlock();
    }
    return hold;
  }

  void release(LayerHold hold) {
    lock.lock();
    try {
      holds.remove(hold);
    } finally {
      lock.unlock();
    }
    deleteUnusedAside();
  }

  /** As {@link Snapshotter#keepsAllLayers}. */
  boolean keepAll() {
    return !unreadable.isEmpty();
  }

  /** As {@link Snapshotter#collect}. */
  void collect(Supplier<List<List<Digest>>> images) {
    List<Path> gone = new ArrayList<>();
    lock.lock();
    try {
      if (!unreadable.isEmpty()) {
        LOG.warn("layers are kept as long as snapshots {} are not removed", unreadable);
        return;
      }
      Set<String> used = named();
      gone.addAll(layers.retainAside(used));
      images.get().forEach(diffIds -> used.addAll(ChainIds.possibleKeys(diffIds)));
      holds.forEach(hold -> used.addAll(hold.layerKeys()));
      gone.addAll(layers.retain(used));
    } finally {
      lock.unlock();
    }
    layers.delete(gone);
  }
}
