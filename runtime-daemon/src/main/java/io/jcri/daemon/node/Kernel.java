package io.jcri.daemon.node;

import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.SystemdScopes;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.shim.ShimHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the node's kernel is worked with, and what was found out of it. Thread-safe, as its parts
 * are.
 *
 * @param scopes systemd's, when that is the driver
 * @param shims which cgroup shims are in
 */
public record Kernel(
    Syscalls syscalls,
    Mounts mounts,
    Cgroups cgroups,
    NodeFacts facts,
    Optional<SystemdScopes> scopes,
    ShimHome shims) {
  /** What the one line of /proc/self/cgroup begins with on a node that has version 2 alone. */
  private static final String UNIFIED = "0::";

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
    Optional<SystemdScopes> scopes =
        facts.cgroups().driver() == CgroupDriver.SYSTEMD
            ? Optional.of(new SystemdScopes())
            : Optional.empty();
    return new Kernel(
        syscalls,
        new Mounts(syscalls),
        cgroups,
        facts,
        scopes,
        scopes.isPresent() ? besideService(scopes.get()) : ShimHome.NONE);
  }

  /** With version 2 alone: with version 1 a process is in many groups, and moved slowly. */
  private static ShimHome besideService(SystemdScopes scopes) throws IOException {
    String own = Files.readString(Path.of("/proc/self/cgroup")).strip();
    return own.startsWith(UNIFIED)
        ? ShimScope.beside(own.substring(UNIFIED.length()), Path.of("/sys/fs/cgroup"), scopes)
        : ShimHome.NONE;
  }
}
