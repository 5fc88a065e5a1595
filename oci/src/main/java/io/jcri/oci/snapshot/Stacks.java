package io.jcri.oci.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stacks of layers as overlayfs wants them. */
final class Stacks {

  private Stacks() {}

  /** The trees, topmost first, without those that a layer above hides entirely. */
  static List<Path> directories(List<Layer> fromLowest) {
    List<Path> directories = new ArrayList<>();
    for (Layer layer : fromLowest.reversed()) {
      directories.add(layer.directory());
      if (layer.opaqueRoot()) {
        break;
      }
    }
    return directories;
  }
}
