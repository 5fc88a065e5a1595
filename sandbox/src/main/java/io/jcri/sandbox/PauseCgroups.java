package io.jcri.sandbox;

import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

  /** Removes the cgroup that {@link #prepare} made for this sandbox, if it made one. */
  void removeIfMade(SandboxFiles files) throws IOException {
    Optional<String> made = files.readCgroup();
    if (made.isPresent()) {
      try {
        cgroups.remove(made.get());
      } catch (IllegalArgumentException e) {
        // No group can have that name, so none was made.
        Files.deleteIfExists(files.cgroup());
        return;
      }
    }
    Files.deleteIfExists(files.cgroup());
  }
}
