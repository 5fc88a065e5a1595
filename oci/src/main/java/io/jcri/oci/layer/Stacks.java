package io.jcri.oci.layer;

import io.jcri.oci.OciException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Stacks of layers as overlayfs wants them. */
public final class Stacks {

  /** OVL_MAX_STACK of the kernel; the writable layer does not count. */
  static final int MAX_DIRECTORIES = 500;

  private Stacks() {}

  /**
   * The trees, topmost first, each once and without those that a layer above hides entirely.
   *
   * <p>Overlayfs refuses a directory that it is given twice (ELOOP), though images have the same
   * layer several times. Its topmost place is the one that counts: whatever name it has, it has
   * there too. A file, link or whiteout of that name ends the kernel's search there; a directory
   * goes on to merge with those below, to which the lower place could only add the same names
   * again, each found above already. So the lower place shows nothing, whatever lies between.
   *
   * @throws OciException INVALID when they are more than the kernel puts together
   */
  public static List<Path> directories(List<Layer> fromLowest) {
    Set<Path> directories = new LinkedHashSet<>();
    for (Layer layer : visible(fromLowest).reversed()) {
      boolean _ = directories.add(layer.directory());
    }
    if (directories.size() > MAX_DIRECTORIES) {
      throw new OciException(
          OciException.Kind.INVALID,
          "image has %d different layers, the limit of overlayfs is %d"
              .formatted(directories.size(), MAX_DIRECTORIES));
    }
    return List.copyOf(directories);
  }

  /** Those that no layer above hides entirely, from the lowest. */
  public static List<Layer> visible(List<Layer> fromLowest) {
    int from = fromLowest.size();
    while (from > 0 && !fromLowest.get(--from).opaqueRoot()) {
      // Down to the topmost that is opaque.
    }
    return fromLowest.subList(from, fromLowest.size());
  }
}
