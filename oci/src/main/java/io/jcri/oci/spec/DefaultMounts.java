package io.jcri.oci.spec;

import io.jcri.oci.OciException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The mounts that every container has, and how they go together with those it asks for. */
public final class DefaultMounts {

  /**
   * What the defaults depend on.
   *
   * @param privileged /sys and the cgroups are writable
   * @param hostNetwork the network namespace is the host's
   * @param hostIpc the IPC namespace is the host's
   * @param userNamespace the container is in a user namespace of the pod
   * @param readonlyRoot the files of the pod are read-only too
   * @param shm the pod's tmpfs; empty is the host's /dev/shm
   * @param hostname the pod's /etc/hostname; so for the next two
   */
  public record Request(
      boolean privileged,
      boolean hostNetwork,
      boolean hostIpc,
      boolean userNamespace,
      boolean readonlyRoot,
      Optional<Path> shm,
      Optional<Path> hostname,
      Optional<Path> hosts,
      Optional<Path> resolvConf) {}

  private static final String[] NO_DEVICES = {"nosuid", "noexec", "nodev"};

  private DefaultMounts() {}

  /** The defaults alone, unordered. */
  public static List<ContainerMount> of(Request request) {
    List<ContainerMount> mounts = new ArrayList<>();
    mounts.add(ContainerMount.of("/proc", "proc", "proc", NO_DEVICES));
    mounts.add(
        ContainerMount.of(
            "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"));
    mounts.add(
        ContainerMount.of(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid",
            "noexec",
            "newinstance",
            "ptmxmode=0666",
            "mode=0620",
            "gid=5"));
    mounts.add(mqueue(request));
    mounts.add(sysfs(request));
    mounts.add(
        withAccess(
            ContainerMount.of(
                "/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime"),
            !request.privileged()));
    // No flags of its own: the tmpfs behind it has them, and each one would cost a remount.
    mounts.add(
        ContainerMount.of(
            "/dev/shm",
            "bind",
            request.shm().map(Path::toString).orElse("/dev/shm"),
            "rbind",
            "rprivate"));
    request.hostname().ifPresent(f -> mounts.add(podFile(f, "/etc/hostname", request)));
    request.hosts().ifPresent(f -> mounts.add(podFile(f, "/etc/hosts", request)));
    request.resolvConf().ifPresent(f -> mounts.add(podFile(f, "/etc/resolv.conf", request)));
    return List.copyOf(mounts);
  }

  /**
   * All mounts in the order in which they must be made: parents before children, otherwise as
   * given. A mount that is asked for replaces the default of the same place; one at /dev or /sys
   * also drops the defaults below it, since who brings the whole tree wants it as it is.
   *
   * @throws OciException INVALID for a destination of {@code /}
   */
  public static List<ContainerMount> compose(
      List<ContainerMount> defaults, List<ContainerMount> asked) {
    List<ContainerMount> all = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (ContainerMount mount : asked) {
      taken.add(clean(mount.destination()));
    }
    for (ContainerMount mount : defaults) {
      String destination = clean(mount.destination());
      boolean belowTaken =
          (taken.contains("/dev") && destination.startsWith("/dev/"))
              || (taken.contains("/sys") && destination.startsWith("/sys/"));
      if (!taken.contains(destination) && !belowTaken) {
        all.add(mount);
      }
    }
    for (ContainerMount mount : asked) {
      all.add(
          new ContainerMount(
              clean(mount.destination()),
              mount.type(),
              mount.source(),
              mount.options(),
              mount.uidMappings(),
              mount.gidMappings()));
    }
    all.sort(Comparator.comparingInt(mount -> Path.of(mount.destination()).getNameCount()));
    return List.copyOf(all);
  }

  /** The host's queues are only mountable by who owns the IPC namespace. */
  private static ContainerMount mqueue(Request request) {
    return request.hostIpc() && request.userNamespace()
        ? ContainerMount.of("/dev/mqueue", "bind", "/dev/mqueue", "rbind", "rprivate")
        : ContainerMount.of("/dev/mqueue", "mqueue", "mqueue", NO_DEVICES);
  }

  /** A sysfs shows a network namespace, so only who owns that one may mount a new sysfs. */
  private static ContainerMount sysfs(Request request) {
    ContainerMount mount =
        request.hostNetwork() && request.userNamespace()
            ? ContainerMount.of(
                "/sys", "bind", "/sys", "rbind", "rprivate", "nosuid", "noexec", "nodev")
            : ContainerMount.of("/sys", "sysfs", "sysfs", NO_DEVICES);
    return withAccess(mount, !request.privileged());
  }

  private static ContainerMount podFile(Path file, String destination, Request request) {
    return ContainerMount.bind(file.toString(), destination, request.readonlyRoot());
  }

  private static ContainerMount withAccess(ContainerMount mount, boolean readOnly) {
    return mount.plusOption(readOnly ? "ro" : "rw");
  }

  private static String clean(String destination) {
    // Path.of collapses "//"; normalize resolves ".." without looking at any file, as the
    // container's own links must not matter here.
    Path path = Path.of("/" + destination).normalize();
    if (path.getNameCount() == 0) {
      throw new OciException(
          OciException.Kind.INVALID, "cannot mount over the container's root directory");
    }
    return path.toString();
  }
}
