package io.jcri.daemon.pod;

import io.jcri.daemon.core.JcriException;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.SystemdPaths;
import java.util.List;
import java.util.Optional;

/**
 * How cgroups are named. With cgroupfs a pod's things lie in directories below the kubelet's cgroup
 * of the pod; with systemd they are scopes in the kubelet's slice.
 *
 * @param driver who makes cgroups on this node
 */
public record CgroupPaths(CgroupDriver driver) {
  private static final String PREFIX = "jcri";
  private static final String DEFAULT_PARENT = "/jcri";
  private static final String DEFAULT_SLICE = "system.slice";

  /** Where the cgroups of pods lie that name no parent; systemd's slices are systemd's. */
  public Optional<String> defaultParent() {
    return switch (driver) {
      case CGROUPFS -> Optional.of(DEFAULT_PARENT);
      case SYSTEMD -> Optional.empty();
    };
  }

  /**
   * Refuses a parent that can't be one on this node.
   *
   * @throws JcriException INVALID
   */
  void requireParent(String cgroupParent) {
    boolean good =
        cgroupParent.isEmpty()
            || switch (driver) {
              case CGROUPFS -> isPath(parent(cgroupParent));
              case SYSTEMD -> SystemdPaths.isSlice(slice(cgroupParent));
            };
    if (!good) {
      throw JcriException.invalid(
          "config.linux.cgroup_parent \"%s\" is no %s"
              .formatted(
                  cgroupParent,
                  switch (driver) {
                    case CGROUPFS -> "path of a control group";
                    case SYSTEMD -> "slice of systemd";
                  }));
    }
  }

  private static boolean isPath(String path) {
    return path.indexOf('\0') < 0
        && List.of(path.substring(1).split("/", -1)).stream()
            .noneMatch(step -> step.isEmpty() || step.equals(".") || step.equals(".."));
  }

  /** {@code cgroupsPath} of a container's config.json. */
  public String container(String cgroupParent, String id) {
    return switch (driver) {
      case CGROUPFS -> parent(cgroupParent) + "/" + id;
      case SYSTEMD -> slice(cgroupParent) + ":" + PREFIX + ":" + id;
    };
  }

  /** As {@link #container}, of the pod's sandbox container: its id is the pod's. */
  String sandboxContainer(String cgroupParent, String id) {
    return container(cgroupParent, "sandbox-" + id);
  }

  /** Where that cgroup lies below the mount of each hierarchy. */
  String sandboxContainerDirectory(String cgroupParent, String id) {
    return containerDirectory(cgroupParent, "sandbox-" + id);
  }

  /** Where that cgroup lies below the mount of each hierarchy. */
  public String containerDirectory(String cgroupParent, String id) {
    String path = container(cgroupParent, id);
    return switch (driver) {
      case CGROUPFS -> path;
      case SYSTEMD -> SystemdPaths.resolve(path);
    };
  }

  /** The kubelet's cgroup of a pod, empty when the caller manages none. */
  public Optional<String> podDirectory(String cgroupParent) {
    if (cgroupParent.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (driver) {
          case CGROUPFS -> parent(cgroupParent);
          case SYSTEMD -> SystemdPaths.sliceDirectory(slice(cgroupParent));
        });
  }

  /** The directory for the pause process, or empty when systemd makes a scope for it. */
  Optional<String> sandboxDirectory(String cgroupParent, String id) {
    return switch (driver) {
      case CGROUPFS -> Optional.of(parent(cgroupParent) + "/" + id);
      case SYSTEMD -> Optional.empty();
    };
  }

  /** The scope's name for the pause process. */
  static String sandboxScope(String id) {
    return PREFIX + "-" + id + ".scope";
  }

  /** The slice that the kubelet named, by its last component. */
  static String slice(String cgroupParent) {
    return cgroupParent.isEmpty()
        ? DEFAULT_SLICE
        : cgroupParent.substring(cgroupParent.lastIndexOf('/') + 1);
  }

  private static String parent(String cgroupParent) {
    if (cgroupParent.isEmpty()) {
      return DEFAULT_PARENT;
    }
    return cgroupParent.startsWith("/") ? cgroupParent : "/" + cgroupParent;
  }
}
