package io.jcri.it.powercuts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a daemon without pods may have on the disk, in its state and among the mounts. */
final class DiskFacts {
  private DiskFacts() {}

  static Path layers(CutMachine machine) {
    return machine.root().resolve("image/layers");
  }

  /**
   * What should not be there.
   *
   * @param layers the names of those that may be there
   */
  static List<String> left(CutMachine machine, Set<String> layers) throws IOException {
    List<String> left = new ArrayList<>(machine.mounts());
    for (String folder : List.of("pods", "containers", "checkpoints", "image/snapshots")) {
      left.addAll(names(machine.root().resolve(folder)));
    }
    for (String folder : List.of("pods", "containers", "paused", "restoring", "roots")) {
      left.addAll(names(machine.state().resolve(folder)));
    }
    left.addAll(names(machine.lib().resolve("cni/results")));
    names(machine.state().resolve("leases/jcri")).stream()
        .filter(lease -> Path.of(lease).getFileName().toString().matches("[0-9.]+"))
        .forEach(left::add);
    layerNames(machine).stream()
        .filter(layer -> !layers.contains(layer))
        .map(layer -> "layer " + layer)
        .forEach(left::add);
    names(machine.root().resolve("image/images")).stream()
        .filter(record -> !record.endsWith(".json"))
        .forEach(left::add);
    return left;
  }

  /** The folders that layers are or were in. */
  static List<String> layerNames(CutMachine machine) throws IOException {
    return names(layers(machine)).stream()
        .map(layer -> String.valueOf(Path.of(layer).getFileName()))
        .toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(Path::toString).toList();
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
  }
}
