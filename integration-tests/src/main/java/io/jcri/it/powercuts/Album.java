package io.jcri.it.powercuts;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The images of a run, and what is in each layer of theirs, to the byte, as GNU tar unpacks it.
 * They share layers, as images do. Immutable.
 *
 * @param layers what is in them, by diff ID
 */
record Album(List<Picture> pictures, Map<String, TreeFacts> layers) {
  /** The command by which a container says, by its exit code, whether its files are right. */
  static final List<String> PROOF = List.of("sha256sum", "-cs", "/sums");

  private static final int IMAGES = 10;
  private static final int SHARED = 8;
  private static final int LARGEST_FILE = 600_000;

  /**
   * An image.
   *
   * @param name it is pulled by
   * @param diffIds of its layers, from the lowest
   */
  record Picture(String name, List<String> diffIds) {}

  Album {
    pictures = List.copyOf(pictures);
    layers = Map.copyOf(layers);
  }

  /** Makes images and pushes them. */
  static Album push(LocalRegistry registry, Path folder, long seed) throws IOException {
    Random random = new Random(seed);
    Map<String, TreeFacts> known = new TreeMap<>();
    TestImage busybox = TestImages.busybox();
    String sums = know(known, busybox.layers().getFirst(), folder).sums();
    List<Layer> shared = new ArrayList<>();
    for (int i = 0; i < SHARED; i++) {
      shared.add(layer(random, "shared" + i));
    }
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      int first = random.nextInt(SHARED - 3);
      List<Layer> more = new ArrayList<>(shared.subList(first, first + 1 + random.nextInt(3)));
      more.add(layer(random, "own" + i));
      TestImage image = busybox;
      StringBuilder all = new StringBuilder(sums);
      for (Layer each : more) {
        image = image.withLayer(each);
        all.append(know(known, each, folder).sums());
      }
      Layer proof = Layer.of(TarEntry.file("sums", all.toString()));
      TreeFacts _ = know(known, proof, folder);
      image = image.withLayer(proof);
      pictures.add(
          new Picture(
              registry.push("cuts" + i, "1", image),
              image.layers().stream().map(Layer::diffId).toList()));
    }
    return new Album(pictures, known);
  }

  private static Layer layer(Random random, String name) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    entries.add(TarEntry.directory(name, 0755));
    entries.add(TarEntry.directory(name + "/deep", 0711));
    int count = 2 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      // small ones most of the time, as in images
      byte[] content = new byte[random.nextInt(random.nextInt(4) == 0 ? LARGEST_FILE : 6000)];
      random.nextBytes(content);
      String path = "%s/%sfile%d".formatted(name, random.nextBoolean() ? "deep/" : "", i);
      entries.add(TarEntry.file(path, random.nextBoolean() ? 0644 : 0600, content));
    }
    return Layer.of(Layer.Compression.GZIP, entries);
  }

  private static TreeFacts know(Map<String, TreeFacts> known, Layer layer, Path folder)
      throws IOException {
    TreeFacts there = known.get(layer.diffId());
    if (there != null) {
      return there;
    }
    Path unpacked = Files.createDirectory(folder.resolve("right-" + known.size()));
    Path packed = folder.resolve("packed");
    Files.write(packed, layer.blob().bytes());
    Command.of("tar", "-xpf", packed.toString(), "-C", unpacked.toString()).run().orThrow();
    TreeFacts facts = TreeFacts.of(unpacked);
    Command.of("rm", "-rf", unpacked.toString(), packed.toString()).run().orThrow();
    known.put(layer.diffId(), facts);
    return facts;
  }
}
