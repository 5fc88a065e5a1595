package io.jcri.it.bench;

import io.jcri.cri.v1.CgroupDriver;
import io.jcri.cri.v1.RuntimeConfigRequest;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cgroups of pods, which are the kubelet's to make before it asks for a pod and to remove after
 * it, by the names that it gives them. Where systemd makes cgroups there are none, as for the pods
 * of the other measurements.
 *
 * @param wanted whether there are any
 */
record PodCgroups(boolean wanted) {
  private static final Path TOP = Path.of("/sys/fs/cgroup");
  private static final String PARENT = "/jct-load" + ProcessHandle.current().pid();
  private static final String KIND = PARENT + "/besteffort";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Those of a node, by what its runtime tells of it. */
  static PodCgroups of(Rival ours) {
    CgroupDriver driver =
        ours.client()
            .runtime()
            .runtimeConfig(RuntimeConfigRequest.getDefaultInstance())
            .getLinux()
            .getCgroupDriver();
    return new PodCgroups(driver == CgroupDriver.CGROUPFS);
  }

  /** The parent to ask for a pod with; empty where there is none. */
  String parent(String uid) {
    return wanted ? KIND + "/pod" + uid : "";
  }

  /** Makes one in every hierarchy. */
  void make(String uid) throws IOException {
    if (wanted) {
      for (Path hierarchy : hierarchies()) {
        Files.createDirectories(in(hierarchy, parent(uid)));
      }
    }
  }

  /** Removes one; what a runtime leaves in it for a moment is awaited. */
  void remove(String uid) throws IOException {
    if (wanted) {
      for (Path hierarchy : hierarchies()) {
        Path group = in(hierarchy, parent(uid));
        Waiting.until(PATIENCE, () -> deleted(group), () -> group + " is still in use");
      }
    }
  }

  /** Removes what they were all in. */
  void removeParents() throws IOException {
    for (Path hierarchy : hierarchies()) {
      boolean _ = Files.deleteIfExists(in(hierarchy, KIND));
      boolean _ = Files.deleteIfExists(in(hierarchy, PARENT));
    }
  }

  private static boolean deleted(Path group) {
    try {
      boolean _ = Files.deleteIfExists(group);
      return true;
    } catch (IOException busy) {
      return false;
    }
  }

  private static Path in(Path hierarchy, String group) {
    return hierarchy.resolve(group.substring(1));
  }

  private static List<Path> hierarchies() throws IOException {
    if (Files.exists(TOP.resolve("cgroup.controllers"))) {
      return List.of(TOP);
    }
    List<Path> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(TOP)) {
      folders
          .filter(folder -> Files.isDirectory(folder) && !Files.isSymbolicLink(folder))
          .forEach(all::add);
    }
    return all;
  }
}
