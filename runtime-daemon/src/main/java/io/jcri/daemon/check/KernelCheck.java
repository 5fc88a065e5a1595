package io.jcri.daemon.check;

import io.jcri.daemon.node.KernelFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the kernel can do. */
final class KernelCheck implements Check {
  private static final String NEWER =
      "Boot a newer kernel, 6.1 or later is best: apt install linux-image-$(dpkg"
          + " --print-architecture) && reboot";

  @Override
  public String about() {
    return "kernel";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    KernelFacts kernel = node.facts().kernel();
    List<Finding> findings = new ArrayList<>();
    findings.add(version(kernel));
    findings.add(
        kernel.overlay()
            ? Finding.ok("kernel.overlay", "has overlays")
            : Finding.fail(
                "kernel.overlay",
                "no overlay file system, and no module for it",
                "Load it: modprobe overlay && echo overlay > /etc/modules-load.d/jcri.conf; a"
                    + " kernel that has none must be replaced."));
    findings.add(userNamespaces(node));
    List<String> actions = node.facts().seccomp().actions();
    findings.add(
        actions.isEmpty()
            ? Finding.fail(
                "kernel.seccomp",
                "no seccomp filters",
                "Boot a kernel with CONFIG_SECCOMP_FILTER=y.")
            : Finding.ok("kernel.seccomp", "has filters"));
    findings.add(appArmor(node));
    return findings;
  }

  private static Finding version(KernelFacts kernel) {
    String seen = kernel.version().major() + "." + kernel.version().minor();
    if (!kernel.mountAttributes()) {
      return Finding.fail("kernel.version", seen + ", mounts need 5.12", NEWER);
    }
    return kernel.idMappedOverlays()
        ? Finding.ok("kernel.version", seen)
        : Finding.warn("kernel.version", seen + ", pods in user namespaces need 5.19", NEWER);
  }

  private static Finding userNamespaces(CheckedNode node) throws IOException {
    String name = "kernel.userNamespaces";
    if (!node.facts().kernel().userNamespaces()) {
      return Finding.warn(
          name,
          "not built in: pods with hostUsers: false fail",
          "Boot a kernel with CONFIG_USER_NS=y.");
    }
    long most = node.number("user.max_user_namespaces").orElse(Long.MAX_VALUE);
    return most > 0
        ? Finding.ok(name, "allowed")
        : Finding.warn(
            name,
            "user.max_user_namespaces is 0: pods with hostUsers: false fail",
            "Allow them: sysctl -w user.max_user_namespaces=15000, and in /etc/sysctl.d for the next"
                + " boot.");
  }

  private static Finding appArmor(CheckedNode node) {
    String name = "kernel.apparmor";
    if (!node.facts().appArmor().enabled()) {
      return Finding.skipped(name, "AppArmor is off");
    }
    return node.program("apparmor_parser").isPresent()
        ? Finding.ok(name, "on, and profiles can be loaded")
        : Finding.warn(
            name,
            "on, but there is no apparmor_parser: containers run without the default profile",
            "Install it: apt install apparmor");
  }
}
