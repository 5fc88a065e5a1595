package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.TemporaryTrees;
import io.jcri.oci.file.Trees;
import io.jcri.oci.layer.ChainIds;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.LayerMaker;
import io.jcri.oci.layer.LayerShelf;
import io.jcri.oci.layer.Stacks;
import io.jcri.oci.layer.WholeLayer;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unpacked layers of a node, each once. {@link LayerMaker} makes them, side by side and in any
 * order.
 *
 * <pre>
 * root/layers/KEY/diff        the tree
 * root/layers/KEY/layer.json  {"version":1,"diffId":"sha256:...","bytes":4096,"inodes":1,"hasRoot":true,"opaqueRoot":false,"crc32c":"05d3a1f7"}
 * root/layers/new-N-TAG/      being unpacked, or left by a daemon that died: removed at the next start
 * root/layers/gone-N-TAG/     being deleted: the same
 * root/layers/kept-KEY-N-TAG/ one whose layer.json could not be read, in whose place the same layer
 *                             was brought again: for what is mounted of it, until no snapshot names KEY
 * </pre>
 *
 * KEY is the hex part of the diff ID, or {@code chain-} and that of the chain ID when the tree
 * depends on the layers below. A directory of that name is whole and durable: its content was
 * synced before it was renamed. One whose layer.json cannot be read is missing for whoever looks
 * for layers, see {@link DamagedLayers}. What layer.json says is read when it is first asked for,
 * since a node may have a thousand layers and is in a hurry when it starts. Thread-safe.
 */
public final class LayerStore implements LayerShelf {

  private static final Logger LOG = LoggerFactory.getLogger(LayerStore.class);
  private static final Pattern KEY = Pattern.compile("(chain-)?[0-9a-f]{64}");

  private final Path root;
  private final LayerIndex index;
  private final TemporaryTrees temporary;
  private Optional<String> unlisted = Optional.empty();

  /** Reads what is there; {@link #removeLeftovers} does the slow part. */
  public LayerStore(Path stateRoot, Syscalls sys, Mounts mounts) {
    this.root = stateRoot.resolve("layers");
    this.temporary = new TemporaryTrees(sys, mounts, root);
    this.index = new LayerIndex(root, temporary);
    try {
      Trees.makeTop(sys, root);
      try (var entries = Files.newDirectoryStream(root)) {
        for (Path entry : entries) {
          enter(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      unlisted = Optional.of("the layers in " + root + " can't be listed: " + Reasons.of(e));
      LOG.error("no layer is used before the next start: {}", unlisted.get());
    }
  }

  /** Why not all layers that are here were found, if so: then what seems lost may be here. */
  public Optional<String> unlisted() {
    return unlisted;
  }

  private void enter(Path directory) {
    String name = String.valueOf(directory.getFileName());
    if (KEY.matcher(name).matches()) {
      index.expect(name);
    } else if (TemporaryTrees.isOne(name)) {
      temporary.leave(directory);
    } else {
      boolean _ = index.damaged().found(directory);
    }
  }

  /** Reads all layers' records and deletes what a daemon that died has left; may take long. */
  public void removeLeftovers() {
    Collection<Layer> _ = list();
    temporary.removeLeftovers();
  }

  /**
   * The layer on top of a stack, when it is here.
   *
   * @param stack diff IDs from the lowest to this one
   */
  public Optional<Layer> find(List<Digest> stack) {
    Layer alone = index.get(stack.getLast().hex());
    return Optional.ofNullable(
        alone != null ? alone : index.get(ChainIds.key(ChainIds.of(stack).getLast())));
  }

  /** All layers of a stack from the lowest, or empty when one is missing. */
  public Optional<List<Layer>> findAll(List<Digest> diffIds) {
    List<Layer> found = new ArrayList<>(diffIds.size());
    List<Digest> chainIds = ChainIds.of(diffIds);
    for (int i = 0; i < diffIds.size(); i++) {
      Layer alone = index.get(diffIds.get(i).hex());
      Layer layer = alone != null ? alone : index.get(ChainIds.key(chainIds.get(i)));
      if (layer == null) {
        return Optional.empty();
      }
      found.add(layer);
    }
    return Optional.of(found);
  }

  /**
   * Whether a layer of a stack is gone or damaged for good. One that an I/O error hides, which may
   * pass, is not lost.
   */
  public boolean hasLost(List<Digest> diffIds) {
    List<Digest> chainIds = ChainIds.of(diffIds);
    for (int i = 0; i < diffIds.size(); i++) {
      List<String> keys = List.of(diffIds.get(i).hex(), ChainIds.key(chainIds.get(i)));
      if (keys.stream().allMatch(key -> index.get(key) == null && !index.isUnreadable(key))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether all layers of a stack seem to be here; {@link #findAll} may still find one damaged.
   * Reads nothing.
   */
  public boolean seemsToHave(List<Digest> diffIds) {
    if (diffIds.stream().allMatch(id -> index.seemsToHave(id.hex()))) {
      return true;
    }
    List<Digest> chainIds = ChainIds.of(diffIds);
    for (int i = 0; i < diffIds.size(); i++) {
      if (!index.seemsToHave(diffIds.get(i).hex())
          && !index.seemsToHave(ChainIds.key(chainIds.get(i)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The keys of a stack's layers as a snapshot records them: from the lowest that is not hidden
   * entirely. Empty when a layer is missing.
   */
  public Optional<List<String>> visibleKeys(List<Digest> diffIds) {
    return findAll(diffIds).map(stack -> Stacks.visible(stack).stream().map(Layer::key).toList());
  }

  /** Layers by the keys that a snapshot recorded, the damaged too: it stands on them already. */
  List<Layer> byKeys(List<String> keys) {
    List<Layer> found = new ArrayList<>();
    for (String key : keys) {
      found.add(
          Optional.ofNullable(index.get(key))
              .or(() -> index.damaged().toMount(key))
              .orElseThrow(() ->
                  new OciException(OciException.Kind.NOT_FOUND, "layer " + key + " is not here")));
    }
    return found;
  }

  @Override
  public List<Layer> commit(List<WholeLayer> layers) throws IOException {
    List<Layer> entered = new ArrayList<>();
    for (WholeLayer layer : layers) {
      entered.add(index.enter(layer.directory(), layer.key(), layer.info()));
      if (Files.exists(layer.directory())) {
        // Someone else was first with the same content.
        discard(layer.directory());
      }
    }
    return entered;
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
   * Takes layers out of the store that are not in the set, the damaged too. Quick: deletes nothing
   * yet.
   *
   * @return what to give to {@link #delete}
   */
  List<Path> retain(Set<String> keys) {
    List<Path> gone = new ArrayList<>();
    for (Set<String> present : List.of(index.keys(), index.damaged().inPlace())) {
      for (String key : present) {
        if (!keys.contains(key)) {
          index.bury(key).ifPresent(gone::add);
        }
      }
    }
    return gone;
  }

  /** Whether {@link #retainAside} may find any. */
  boolean hasAside() {
    return index.damaged().hasAside();
  }

  /**
   * Takes damaged layers out that were set aside and that no snapshot names.
   *
   * @param keys that snapshots name
   * @return what to give to {@link #delete}
   */
  List<Path> retainAside(Set<String> keys) {
    return index.damaged().takeAsideUnless(keys);
  }

  /** Frees the space of layers that {@link #retain} took out. */
  void delete(List<Path> gone) {
    gone.forEach(this::discard);
  }

  /** Every layer, in no order. */
  public Collection<Layer> list() {
    List<Layer> all = new ArrayList<>();
    for (String key : index.keys()) {
      Layer layer = index.get(key);
      if (layer != null) {
        all.add(layer);
      }
    }
    return all;
  }

  /** What all layers take, with their records; costs nothing once each was read. */
  public DiskUsage usage() {
    if (!index.isReadWhole()) {
      Collection<Layer> _ = list();
    }
    return index.usage();
  }

  /** A directory for temporary files on the same file system; a leftover like any other. */
  @Override
  public Path makeTemporary() {
    try {
      return Files.createDirectory(temporary.toMake());
    } catch (IOException e) {
      throw OciException.ofIo("cannot make a directory in " + root, e);
    }
  }

  /** Deletes a temporary directory; what cannot be deleted now is tried again later. */
  @Override
  public void discard(Path directory) {
    temporary.discard(directory);
  }
}
