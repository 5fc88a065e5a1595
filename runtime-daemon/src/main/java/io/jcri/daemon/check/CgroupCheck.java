package io.jcri.daemon.check;

import io.jcri.daemon.node.CgroupFacts;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Control groups: version, driver, controllers, swap. */
final class CgroupCheck implements Check {
  /** Without one of these the kubelet's own pods can't be limited. */
  private static final List<String> NEEDED = List.of("cpu", "cpuset", "memory", "pids");

  @Override
  public String about() {
    return "cgroups";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    CgroupFacts cgroups = node.facts().cgroups();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        cgroups.v2()
            ? Finding.ok("cgroups.version", "v2")
            : Finding.warn(
                "cgroups.version",
                cgroups.layout().name().toLowerCase(Locale.ROOT)
                    + ": jcri does it, kubelets from 1.35 on do not start with it",
                "Boot with systemd.unified_cgroup_hierarchy=1, or set failCgroupV1: false in the"
                    + " kubelet's configuration."));
    findings.add(driver(node, cgroups));
    findings.add(controllers(cgroups.limits().controllers()));
    findings.add(swap(node, cgroups));
    return findings;
  }

  private static Finding driver(CheckedNode node, CgroupFacts cgroups) {
    String name = "cgroups.driver";
    boolean systemd = Files.isDirectory(node.at("run/systemd/system"));
    if (cgroups.driver() == CgroupDriver.SYSTEMD && !systemd) {
      return Finding.fail(
          name,
          "systemd, which does not run here",
          "Set cgroup_driver = \"cgroupfs\" in /etc/jcri/config.toml, and in the kubelet's"
              + " configuration too.");
    }
    return Finding.ok(name, cgroups.driverName());
  }

  private static Finding controllers(Set<String> there) {
    String name = "cgroups.controllers";
    List<String> missing = NEEDED.stream().filter(each -> !there.contains(each)).toList();
    return missing.isEmpty()
        ? Finding.ok(name, String.join(" ", there.stream().sorted().toList()))
        : Finding.fail(
            name,
            "missing: " + String.join(" ", missing),
            "Boot with them: cgroup_enable=memory cgroup_enable=cpuset on the kernel's command line,"
                + " and no cgroup_disable.");
  }

  private static Finding swap(CheckedNode node, CgroupFacts cgroups) throws IOException {
    String name = "cgroups.swap";
    if (cgroups.limits().swap()) {
      return Finding.ok(name, "is counted");
    }
    return Swap.areas(node).isEmpty()
        ? Finding.ok(name, "is not counted, and there is none")
        : Finding.warn(
            name,
            "is not counted: a container can swap more than its limit",
            "Boot with swapaccount=1, or turn swap off: swapoff -a");
  }
}
