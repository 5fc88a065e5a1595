package io.jcri.cni;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The nftables rules by which ports of the node lead to pods, as a text that replaces the table.
 *
 * <p>What is meant for an address of the node is led to the pod, from wherever it comes: from
 * outside, from the node itself, from pods. Its source is hidden, by a bit of the packet's mark as
 * the plugin portmap does it, where the answer would not come back by the node: from 127.0.0.1,
 * from the pod itself and from its subnet.
 *
 * <p>{@code [::1]} leads to no pod: the kernel lets nothing with that source out. And since {@code
 * route_localnet} lets what is meant for 127.0.0.1 in from the pods' interface, a rule keeps that
 * from what listens there on the node (CVE-2020-8558).
 */
final class HostPortRules {
  /** The plugin portmap's bit. */
  private static final String MARK = "0x2000";

  private static final String LOOPBACK = "127.0.0.0/8";

  /** The kernel keeps comments of up to 128 bytes. */
  private static final int MAX_ID = 100;

  private HostPortRules() {}

  /** Whether any rule is to be had in a family. */
  static boolean any(boolean ipv6, Collection<PodPorts> pods) {
    return pods.stream().anyMatch(pod -> address(ipv6, pod).isPresent() && asks(ipv6, pod));
  }

  private static boolean asks(boolean ipv6, PodPorts pod) {
    return pod.ports().stream().anyMatch(port -> port.in(ipv6));
  }

  /** The pod's first of a family. */
  private static Optional<PodPorts.Inside> address(boolean ipv6, PodPorts pod) {
    return pod.addresses().stream().filter(inside -> inside.ipv6() == ipv6).findFirst();
  }

  /** A script that makes the table of a family have these rules; for none it takes it away. */
  static String script(String table, boolean ipv6, Collection<PodPorts> pods) {
    if (!any(ipv6, pods)) {
      return Nft.without(ipv6, table);
    }
    String ip = ipv6 ? "ip6" : "ip";
    List<String> lines = new ArrayList<>();
    lines.add("table %s %s {".formatted(ip, table));
    lines.add("  chain ports {");
    // A port of one address is nearer than the same of all.
    for (boolean everywhere : new boolean[] {false, true}) {
      for (PodPorts pod : pods) {
        Optional<PodPorts.Inside> to = address(ipv6, pod);
        if (to.isPresent()) {
          for (HostPort port : pod.ports()) {
            if (port.in(ipv6) && port.everywhere() == everywhere) {
              lines.addAll(rules(ip, pod, port, to.get()));
            }
          }
        }
      }
    }
    lines.add("  }");
    lines.add("  chain prerouting {");
    lines.add("    type nat hook prerouting priority -100; policy accept;");
    // Nobody outside can mean an address that is the node's for itself alone.
    lines.add(
        "    %s daddr != %s fib daddr type local jump ports"
            .formatted(ip, ipv6 ? "::1" : LOOPBACK));
    lines.add("  }");
    lines.add("  chain output {");
    lines.add("    type nat hook output priority -100; policy accept;");
    lines.add("    %sfib daddr type local jump ports".formatted(ipv6 ? "ip6 daddr != ::1 " : ""));
    lines.add("  }");
    lines.add("  chain postrouting {");
    lines.add("    type nat hook postrouting priority 100; policy accept;");
    lines.add("    meta mark & %1$s == %1$s ct status dnat masquerade".formatted(MARK));
    lines.add("  }");
    if (!ipv6) {
      lines.add("  chain input {");
      lines.add("    type filter hook input priority 0; policy accept;");
      for (String end : new String[] {"saddr", "daddr"}) {
        lines.add(
            ("    iifname != \"lo\" ip %s %s ct state != { established, related }"
                    + " ct status & dnat == 0 drop")
                .formatted(end, LOOPBACK));
      }
      lines.add("  }");
    }
    lines.add("}");
    return Nft.without(ipv6, table) + String.join("\n", lines) + "\n";
  }

  private static List<String> rules(String ip, PodPorts pod, HostPort port, PodPorts.Inside to) {
    String meant =
        (port.everywhere()
                ? ""
                : "%s daddr %s ".formatted(ip, port.hostIp().orElseThrow().getHostAddress()))
            + "%s dport %d".formatted(port.protocol(), port.port());
    String near =
        to.ipv6() ? to.subnet().text() : "{ %s, %s }".formatted(LOOPBACK, to.subnet().text());
    String target =
        (to.ipv6() ? "[%s]:%d" : "%s:%d")
            .formatted(to.address().getHostAddress(), port.containerPort());
    String id = pod.sandboxId().substring(0, Math.min(MAX_ID, pod.sandboxId().length()));
    return List.of(
        "    %s %s saddr %s meta mark set meta mark | %s".formatted(meant, ip, near, MARK),
        "    %s dnat to %s comment \"pod %s\"".formatted(meant, target, id));
  }
}
