package io.jcri.daemon.check;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Settings of the kernel's network that pods and services need. */
final class SysctlCheck implements Check {
  @Override
  public String about() {
    return "sysctl";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    return List.of(forwarding(node), bridges(node));
  }

  private static Finding forwarding(CheckedNode node) throws IOException {
    String name = "sysctl.net.ipv4.ip_forward";
    Optional<Long> value = node.number("net.ipv4.ip_forward");
    return value.isPresent() && value.get() == 1
        ? Finding.ok(name, "1")
        : Finding.warn(
            name,
            value.map(String::valueOf).orElse("missing")
                + ": pods reach nothing beyond the node, unless their network's plugin sets it",
            "Set it: echo net.ipv4.ip_forward=1 > /etc/sysctl.d/99-kubernetes.conf && sysctl"
                + " --system");
  }

  /** Rules for services are not seen by what a bridge passes on otherwise. */
  private static Finding bridges(CheckedNode node) throws IOException {
    String name = "sysctl.net.bridge.bridge-nf-call-iptables";
    Optional<Long> value = node.number("net.bridge.bridge-nf-call-iptables");
    if (value.isPresent() && value.get() == 1) {
      return Finding.ok(name, "1");
    }
    return Finding.warn(
        name,
        value.map(String::valueOf).orElse("br_netfilter is not loaded")
            + ": pods on one bridge may not reach each other through a service",
        "Set it: echo br_netfilter > /etc/modules-load.d/kubernetes.conf; modprobe br_netfilter;"
            + " sysctl -w net.bridge.bridge-nf-call-iptables=1");
  }
}
