package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.WholeLayer;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.snapshot.LayerHold;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The store's side of one pull or load; to be closed when nobody works at it any more. Thread-safe.
 */
final class StoreReceiver implements ImageReceiver, AutoCloseable {

  private final LayerStore layers;
  private final Snapshotter snapshotter;
  private final ImageBook book;
  private final ImageTrust trust;
  private final Set<Path> temporary = ConcurrentHashMap.newKeySet();
  private final Set<Held> held = ConcurrentHashMap.newKeySet();
  private final List<Image> recorded = new CopyOnWriteArrayList<>();
  private volatile boolean begun;

  StoreReceiver(LayerStore layers, Snapshotter snapshotter, ImageBook book, ImageTrust trust) {
    this.trust = trust;
    this.layers = layers;
    this.snapshotter = snapshotter;
    this.book = book;
  }

  /** The images that were recorded, in the order of their coming. */
  List<Image> recorded() {
    return List.copyOf(recorded);
  }

  /** Whether there may be layers that nothing needs when it has failed. */
  boolean hasBegun() {
    return begun;
  }

  @Override
  public Path makeTemporary() {
    Path directory = layers.makeTemporary();
    temporary.add(directory);
    return directory;
  }

  @Override
  public void discard(Path directory) {
    if (temporary.remove(directory) || isBelowTemporary(directory)) {
      layers.discard(directory);
    }
  }

  /** Whoever has a directory may make several layers in it, each in one of its own. */
  private boolean isBelowTemporary(Path directory) {
    return directory.equals(directory.normalize())
        && directory.getParent() != null
        && temporary.contains(directory.getParent());
  }

  @Override
  public List<Layer> commit(List<WholeLayer> whole) throws IOException {
    List<Layer> committed = new ArrayList<>();
    for (WholeLayer layer : whole) {
      committed.add(commit(layer));
    }
    return committed;
  }

  private Layer commit(WholeLayer whole) throws IOException {
    String key = whole.key();
    if (held.stream().noneMatch(image -> image.hold.mayHave(key))) {
      throw new OciException(
          OciException.Kind.INTERNAL, "layer " + key + " is none of the images that are fetched");
    }
    Path directory = whole.directory();
    boolean own = temporary.remove(directory);
    if (!own && !isBelowTemporary(directory)) {
      throw new OciException(
          OciException.Kind.INTERNAL, "layer " + key + " comes from " + directory);
    }
    boolean done = false;
    try {
      List<Layer> layer = layers.commit(List.of(whole));
      done = true;
      return layer.getFirst();
    } finally {
      if (own && !done) {
        temporary.add(directory);
      }
    }
  }

  @Override
  public void resolved(ImageReference reference, Descriptor top) {
    trust.ask(reference, top);
  }

  @Override
  public Receiving begin(List<Digest> diffIds) {
    begun = true;
    Held image = new Held(diffIds, snapshotter.hold(diffIds));
    held.add(image);
    return image;
  }

  @Override
  public void close() {
    temporary.forEach(this::discard);
    held.forEach(Held::close);
  }

  private final class Held implements Receiving {
    private final List<Digest> diffIds;
    private final LayerHold hold;

    Held(List<Digest> diffIds, LayerHold hold) {
      this.diffIds = List.copyOf(diffIds);
      this.hold = hold;
    }

    @Override
    public Map<Integer, Layer> present() {
      Map<Integer, Layer> found = new TreeMap<>();
      Optional<List<Layer>> all = layers.findAll(diffIds);
      for (int i = 0; i < diffIds.size(); i++) {
        int height = i;
        all.map(stack -> stack.get(height))
            .or(() -> layer(height))
            .ifPresent(layer -> found.put(height, layer));
      }
      return found;
    }

    @Override
    public Optional<Layer> layer(int height) {
      return layers.find(diffIds.subList(0, height + 1));
    }

    @Override
    public void record(FetchedImage image) {
      List<Layer> stack =
          layers
              .findAll(diffIds)
              .orElseThrow(() ->
                  new OciException(
                      OciException.Kind.UNAVAILABLE,
                      "image " + image.id() + " has lost a layer; pull it again"));
      recorded.add(book.record(image, diffIds, stack));
    }

    @Override
    public void close() {
      if (held.remove(this)) {
        hold.close();
      }
    }
  }
}
