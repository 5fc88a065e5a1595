package io.jcri.cni;

import io.jcri.cni.PodCidrs.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one rule by which pods of the generated network reach the world under the node's address: in
 * tables of our own, replaced as a whole in one transaction, so applying it again changes nothing
 * and never leaves a moment without it. Thread-safe.
 */
final class Masquerade {
  private static final Logger log = LoggerFactory.getLogger(Masquerade.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ChildProcess processes;
  private final String table;
  private final List<Path> searchPath;
  private List<Cidr> wanted = List.of();
  private List<Cidr> applied = List.of();
  private String problem = "";

  /**
   * Touches nothing yet.
   *
   * @param searchPath directories in which {@code nft} is looked for
   */
  Masquerade(ChildProcess processes, String table, List<Path> searchPath) {
    this.processes = processes;
    this.table = table;
    this.searchPath = List.copyOf(searchPath);
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
    problem = run(script.toString());
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
    // Deleting what may not be there is an error, so it is made first.
    lines.add("table %s %s {}".formatted(family, table));
    lines.add("delete table %s %s".formatted(family, table));
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
    return String.join("\n", lines) + "\n";
  }

  private String run(String script) {
    Optional<Path> nft =
        searchPath.stream().map(dir -> dir.resolve("nft")).filter(Files::isExecutable).findFirst();
    if (nft.isEmpty()) {
      return "pods cannot reach beyond this node: nft is not installed (package nftables)";
    }
    try {
      ChildProcess.Outcome outcome =
          processes.run(List.of(nft.get().toString(), "-f", "-"), Map.of(), script, TIMEOUT);
      return outcome.exitCode() == 0
          ? ""
          : "pods cannot reach beyond this node: nft refused the masquerading rule: "
              + outcome.stderr().lines().findFirst().orElse("exit code " + outcome.exitCode());
    } catch (IOException e) {
      return "pods cannot reach beyond this node: nft: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "pods cannot reach beyond this node: setting the masquerading rule was interrupted";
    }
  }

  /** {@code PATH}, and where administrators' tools are when it lacks those directories. */
  static List<Path> systemPath() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Arrays.stream(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin", "/usr/local/sbin"))
        .filter(dir -> !dir.isEmpty())
        .map(Path::of)
        .toList();
  }
}
