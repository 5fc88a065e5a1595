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
 * How the kernel says that control groups are mounted: the one place where it is decided whether
 * this is a host of version 1, of version 2, or a hybrid. Everybody else asks {@link Cgroups}.
 *
 * @param hierarchies those in which pods and containers have groups
 */
record CgroupMounts(CgroupLayout layout, List<CgroupHierarchy> hierarchies) {
  /** Where OCI runtimes look, and only there: version 2 on it is a host of version 2. */
  private static final String TOP = "/sys/fs/cgroup";

  private static final String VERSION_2 = "cgroup2";

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

  /**
   * Reads a mount table whose paths are those below {@code root}.
   *
   * <p>A host of version 2 may have hierarchies of version 1 that others mounted: systemd's named
   * one for old tools, net_cls of a VPN. No OCI runtime puts a container there, and neither do we.
   */
  static CgroupMounts of(List<MountInfo> table, Path root, CgroupFiles files) throws IOException {
    Optional<MountInfo> top = top(table).filter(entry -> entry.type().equals(VERSION_2));
    if (top.isPresent()) {
      return new CgroupMounts(
          CgroupLayout.V2, List.of(unified(mountPoint(top.get(), root), files)));
    }
    List<CgroupHierarchy> all = all(table, root, files);
    List<CgroupHierarchy> unified = all.stream().filter(CgroupHierarchy::unified).toList();
    if (unified.isEmpty()) {
      return new CgroupMounts(CgroupLayout.V1, all);
    }
    return all.stream().anyMatch(CgroupMounts::controlsByVersion1)
        ? new CgroupMounts(CgroupLayout.HYBRID, all)
        : new CgroupMounts(CgroupLayout.V2, unified);
  }

  /** What is mounted there last, and hides the others. */
  private static Optional<MountInfo> top(List<MountInfo> table) {
    List<MountInfo> there = table.stream().filter(e -> e.mountPoint().equals(TOP)).toList();
    return there.stream()
        .filter(entry -> there.stream().noneMatch(above -> above.parentId() == entry.id()))
        .reduce((first, second) -> second);
  }

  private static boolean controlsByVersion1(CgroupHierarchy hierarchy) {
    return !hierarchy.unified() && hierarchy.controllers().stream().anyMatch(c -> !isName(c));
  }

  /** Whether it is the name of a hierarchy that has no controllers, and not that of one. */
  static boolean isName(String controller) {
    return controller.startsWith("name=");
  }

  private static List<CgroupHierarchy> all(List<MountInfo> table, Path root, CgroupFiles files)
      throws IOException {
    List<CgroupHierarchy> found = new ArrayList<>();
    Set<Set<String>> seen = new HashSet<>();
    for (MountInfo entry : table) {
      if (entry.type().equals(VERSION_2)) {
        add(unified(mountPoint(entry, root), files), found, seen);
      } else if (entry.type().equals("cgroup")) {
        Set<String> names = new HashSet<>(Arrays.asList(entry.superOptions().split(",", -1)));
        names.removeIf(name -> !V1_CONTROLLERS.contains(name) && !isName(name));
        add(new CgroupHierarchy(mountPoint(entry, root), Set.copyOf(names), false), found, seen);
      }
    }
    return List.copyOf(found);
  }

  private static CgroupHierarchy unified(Path mount, CgroupFiles files) throws IOException {
    Optional<String> controllers = files.read(mount.resolve("cgroup.controllers"));
    Set<String> names = new HashSet<>(List.of(controllers.orElse("").strip().split(" ", -1)));
    names.remove("");
    return new CgroupHierarchy(mount, Set.copyOf(names), true);
  }

  private static Path mountPoint(MountInfo entry, Path root) {
    return root.resolve(entry.mountPoint().substring(1));
  }

  /**
   * The same hierarchy may be mounted again elsewhere, say in a container's tree: the first counts.
   */
  private static void add(
      CgroupHierarchy hierarchy, List<CgroupHierarchy> found, Set<Set<String>> seen) {
    Set<String> key = hierarchy.unified() ? Set.of(VERSION_2) : hierarchy.controllers();
    if (!key.isEmpty() && seen.add(key)) {
      found.add(hierarchy);
    }
  }
}
