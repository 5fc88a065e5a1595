package io.jcri.daemon.container;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where the volumes that an image declares show up. What its author has written is taken as
 * containerd takes it, a relative path as one from the root; what can be no volume is left out, and
 * must not keep the container from running.
 *
 * @param made clean absolute paths, parents before children
 * @param leftOut what was written, with the reason
 */
record VolumePlaces(List<String> made, Map<String, String> leftOut) {
  private static final int MAX_PATH = 4000;
  private static final int MAX_NAME = 255;
  private static final List<Path> KERNELS = List.of(Path.of("/proc"), Path.of("/sys"));

  /**
   * Sorts them out.
   *
   * @param declared by the image
   * @param defaults places of the mounts that every container has
   * @param asked places of the pod's own mounts: one at a volume's place, or above it, counts
   */
  static VolumePlaces of(
      Collection<String> declared, Set<String> defaults, Collection<String> asked) {
    Set<String> made = new TreeSet<>();
    Map<String, String> leftOut = new TreeMap<>();
    List<Path> taken = asked.stream().map(path -> Path.of("/" + path).normalize()).toList();
    for (String volume : declared) {
      try {
        // As text: the container's own links must not matter here.
        Path place = Path.of("/" + volume).normalize();
        String why = objection(place, defaults);
        if (!why.isEmpty()) {
          leftOut.put(volume, why);
        } else if (taken.stream().noneMatch(place::startsWith)) {
          made.add(place.toString());
        }
      } catch (InvalidPathException e) {
        leftOut.put(volume, "it is no path");
      }
    }
    return new VolumePlaces(List.copyOf(made), leftOut);
  }

  private static String objection(Path place, Set<String> defaults) {
    if (place.getNameCount() == 0) {
      return "it is the root directory";
    }
    if (defaults.contains(place.toString()) || KERNELS.stream().anyMatch(place::startsWith)) {
      return "every container has something of its own there";
    }
    if (length(place) > MAX_PATH) {
      return "it is too long";
    }
    for (Path name : place) {
      if (length(name) > MAX_NAME) {
        return "it is too long";
      }
    }
    return "";
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
