package io.jcri.daemon.pod;

import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.SystemdPaths;
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

  /** {@code cgroupsPath} of a container's config.json. */
  public String container(String cgroupParent, String id) {
    return switch (driver) {
      case CGROUPFS -> parent(cgroupParent) + "/" + id;
      case SYSTEMD -> slice(cgroupParent) + ":" + PREFIX + ":" + id;
    };
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
