package io.jcri.cni;

import io.jcri.cni.PodCidrs.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one rule by which pods of the generated network reach the world under the node's address: in
 * tables of our own, replaced as a whole in one transaction, so applying it again changes nothing
 * and never leaves a moment without it. Thread-safe.
 */
final class Masquerade {
  private static final Logger log = LoggerFactory.getLogger(Masquerade.class);

  private final Nft nft;
  private final String table;
  private List<Cidr> wanted = List.of();
  private List<Cidr> applied = List.of();
  private String problem = "";

  /** Touches nothing yet. */
  Masquerade(Nft nft, String table) {
    this.nft = nft;
    this.table = table;
  }

  /** Makes the tables masquerade exactly these ranges; none removes the tables. */
  synchronized void apply(List<Cidr> ranges) {
    wanted = List.copyOf(ranges);
    if (wanted.isEmpty() && applied.isEmpty()) {
      return;
    }
    StringBuilder script = new StringBuilder();
    // A kernel without IPv6 refuses its table, so a family is only touched when it is ours.
    for (boolean ipv6 : new boolean[] {false, true}) {
      List<Cidr> family = wanted.stream().filter(range -> range.ipv6() == ipv6).toList();
      if (!family.isEmpty() || applied.stream().anyMatch(range -> range.ipv6() == ipv6)) {
        script.append(rules(table, ipv6, family));
      }
    }
    String before = problem;
    String refused = nft.apply(script.toString(), "nft refused the masquerading rule");
    problem = refused.isEmpty() ? "" : "pods cannot reach beyond this node: " + refused;
    if (problem.isEmpty()) {
      applied = wanted;
    } else if (!problem.equals(before)) {
      log.warn("{}", problem);
    }
  }

  /** Puts the rule back, should someone have flushed the node's rules, or installed nft by now. */
  synchronized void renew() {
    apply(wanted);
  }

  /** Why pods cannot reach beyond the node, or empty. */
  synchronized String problem() {
    return problem;
  }

  /** Multicast keeps its source: whoever answers must see the pod. */
  static String rules(String table, boolean ipv6, List<Cidr> ranges) {
    String family = ipv6 ? "ip6" : "ip";
    String multicast = ipv6 ? "ff00::/8" : "224.0.0.0/4";
    List<String> lines = new ArrayList<>();
    if (!ranges.isEmpty()) {
      lines.add("table %s %s {".formatted(family, table));
      lines.add("  chain postrouting {");
      lines.add("    type nat hook postrouting priority 100; policy accept;");
      for (Cidr range : ranges) {
        lines.add(
            "    %1$s saddr %2$s %1$s daddr != { %2$s, %3$s } masquerade"
                .formatted(family, range.text(), multicast));
      }
      lines.add("  }");
      lines.add("}");
    }
    return Nft.without(ipv6, table)
        + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }
}
