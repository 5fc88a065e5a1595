package io.jcri.daemon.node;

import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was found out of the node when the daemon started: all of it stays as it is until the node
 * boots again. What may change meanwhile is not here: OCI runtimes are asked again when their
 * program is another one, by {@code Handlers}.
 *
 * <p>Immutable. Shown by verbose {@code Status} and by {@code jcri check}.
 */
public record NodeFacts(
    CgroupFacts cgroups,
    KernelFacts kernel,
    SelinuxFacts selinux,
    AppArmorFacts appArmor,
    SeccompFacts seccomp) {
  /**
   * Looks at a node.
   *
   * @param cgroups of the same tree
   * @param cgroupDriver by its name, or anything else to find it out
   * @param root of the tree that has /proc, /sys, /etc and /lib, {@code /} but in tests
   * @throws IOException naming what can't be read
   */
  public static NodeFacts read(Cgroups cgroups, String cgroupDriver, Path root) throws IOException {
    return new NodeFacts(
        CgroupFacts.read(cgroups, cgroupDriver, root),
        KernelFacts.read(root),
        SelinuxFacts.read(root),
        AppArmorFacts.read(root),
        SeccompFacts.read(root));
  }

  /** All of it for people, by name: texts, numbers, truth values, lists and trees of the same. */
  public Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("cgroups", cgroups.tree());
    tree.put("kernel", kernel.tree());
    tree.put("selinux", selinux.tree());
    tree.put("apparmor", appArmor.tree());
    tree.put("seccomp", seccomp.tree());
    return tree;
  }
}
