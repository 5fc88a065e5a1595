package io.jcri.sandbox;

import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The cgroups of pause processes: made before them, removed after them. */
final class PauseCgroups {
  private final Cgroups cgroups;

  PauseCgroups(Cgroups cgroups) {
    this.cgroups = cgroups;
  }

  /**
   * Makes the cgroup unless it is there already.
   *
   * @return its directory in each hierarchy, for the helper to be born in
   */
  List<Path> prepare(String path, SandboxFiles files) throws IOException {
    try {
      if (!cgroups.exists(path)) {
        // Noted first, so that a crash in between leaves no cgroup that nobody knows.
        Files.writeString(files.cgroup(), path + "\n", StandardCharsets.UTF_8);
        cgroups.create(path);
        // It competes with the pod's containers, of which the least may have no more.
        cgroups.leastCpuShare(path);
      }
      return cgroups.processFiles(path).stream().map(file -> file.resolveSibling("")).toList();
    } catch (IllegalArgumentException e) {
      throw new SandboxException(
          SandboxException.Kind.INVALID,
          "cannot use the cgroup " + path + ": " + e.getMessage(),
          e);
    }
  }

  /**
   * Removes the cgroup that {@link #prepare} made for this sandbox, if it made one: what the note
   * says, and what {@code recorded} does.
   */
  void removeIfMade(String id, SandboxFiles files, Collection<String> recorded) throws IOException {
    Set<String> made = new LinkedHashSet<>(recorded);
    files.readCgroup().filter(path -> isOf(id, path)).ifPresent(made::add);
    for (String path : made) {
      try {
        cgroups.remove(path);
      } catch (IllegalArgumentException e) {
        // No group can have that name, so none was made.
      }
    }
    Files.deleteIfExists(files.cgroup());
  }

  /**
   * Whether a group that only the note names can be this sandbox's. A note that was cut may name
   * one further up, with all other pods in it.
   */
  private static boolean isOf(String id, String path) {
    return path.endsWith("/" + id);
  }
}
