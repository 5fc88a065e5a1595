package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.mount.MountInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One mounted tree of control groups.
 *
 * @param mount where
 * @param controllers that it has, by their kernel names; {@code name=systemd} for a named one
 * @param unified whether it is version 2
 */
record CgroupHierarchy(Path mount, Set<String> controllers, boolean unified) {
  /** What a version 1 mount's options may name; the rest of them are no controllers. */
  private static final Set<String> V1_CONTROLLERS =
      Set.of(
          "blkio",
          "cpu",
          "cpuacct",
          "cpuset",
          "devices",
          "freezer",
          "hugetlb",
          "memory",
          "misc",
          "net_cls",
          "net_prio",
          "perf_event",
          "pids",
          "rdma");

  /** The directory of a group. */
  Path directory(String path) {
    return mount.resolve(path.substring(1));
  }

  /** The hierarchies of a mount table whose paths are those below {@code root}. */
  static List<CgroupHierarchy> of(List<MountInfo> table, Path root, CgroupFiles files)
      throws IOException {
    List<CgroupHierarchy> found = new ArrayList<>();
    Set<Set<String>> seen = new HashSet<>();
    for (MountInfo entry : table) {
      Path mount = root.resolve(entry.mountPoint().substring(1));
      if (entry.type().equals("cgroup2")) {
        Optional<String> controllers = files.read(mount.resolve("cgroup.controllers"));
        Set<String> names = new HashSet<>(List.of(controllers.orElse("").strip().split(" ", -1)));
        names.remove("");
        add(new CgroupHierarchy(mount, Set.copyOf(names), true), found, seen);
      } else if (entry.type().equals("cgroup")) {
        Set<String> names = new HashSet<>(Arrays.asList(entry.superOptions().split(",", -1)));
        names.removeIf(name -> !V1_CONTROLLERS.contains(name) && !name.startsWith("name="));
        add(new CgroupHierarchy(mount, Set.copyOf(names), false), found, seen);
      }
    }
    return List.copyOf(found);
  }

  /**
   * The same hierarchy may be mounted again elsewhere, say in a container's tree: the first counts.
   */
  private static void add(
      CgroupHierarchy hierarchy, List<CgroupHierarchy> found, Set<Set<String>> seen) {
    Set<String> key = hierarchy.unified() ? Set.of("cgroup2") : hierarchy.controllers();
    if (!key.isEmpty() && seen.add(key)) {
      found.add(hierarchy);
    }
  }
}
