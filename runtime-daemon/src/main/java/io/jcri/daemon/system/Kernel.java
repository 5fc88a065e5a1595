package io.jcri.daemon.system;

import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.SystemdScopes;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.util.Optional;

/**
 * What the node's kernel is worked with, found out once. Thread-safe, as its parts are.
 *
 * @param driver what is in use, whatever the configuration leaves to be found out
 * @param scopes systemd's, when that is the driver
 */
public record Kernel(
    Syscalls syscalls,
    Mounts mounts,
    Cgroups cgroups,
    CgroupDriver driver,
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
    CgroupDriver driver =
        switch (cgroupDriver) {
          case "cgroupfs" -> CgroupDriver.CGROUPFS;
          case "systemd" -> CgroupDriver.SYSTEMD;
          default -> cgroups.detectDriver();
        };
    return new Kernel(
        syscalls,
        new Mounts(syscalls),
        cgroups,
        driver,
        driver == CgroupDriver.SYSTEMD ? Optional.of(new SystemdScopes()) : Optional.empty());
  }
}
