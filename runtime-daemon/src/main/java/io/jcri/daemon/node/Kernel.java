package io.jcri.daemon.node;

import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.SystemdScopes;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the node's kernel is worked with, and what was found out of it. Thread-safe, as its parts
 * are.
 *
 * @param scopes systemd's, when that is the driver
 */
public record Kernel(
    Syscalls syscalls,
    Mounts mounts,
    Cgroups cgroups,
    NodeFacts facts,
    Optional<SystemdScopes> scopes) {
  /**
   * Of this node.
   *
   * @param cgroupDriver {@code cgroupfs}, {@code systemd}, or anything else to find it out
   * @throws IOException when the node's cgroups cannot be read
   */
  public static Kernel open(String cgroupDriver) throws IOException {
    Syscalls syscalls = Linux.get();
    Cgroups cgroups = Cgroups.detect();
    NodeFacts facts = NodeFacts.read(cgroups, cgroupDriver, Path.of("/"));
    return new Kernel(
        syscalls,
        new Mounts(syscalls),
        cgroups,
        facts,
        facts.cgroups().driver() == CgroupDriver.SYSTEMD
            ? Optional.of(new SystemdScopes())
            : Optional.empty());
  }
}
