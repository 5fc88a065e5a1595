package io.jcri.daemon.check;

import io.jcri.cni.FoundNetworks;
import io.jcri.cni.FoundNetworks.FoundNetwork;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** CNI: which network pods would get, and whether its plugins are there. */
final class NetworkCheck implements Check {
  private static final String PLUGINS = "network.plugins";
  private static final String NFT = "network.nft";
  private static final int TOLD = 10;

  @Override
  public String about() {
    return "network";
  }

  @Override
  public List<Finding> look(CheckedNode node) {
    DaemonConfig.Network network = node.config().network();
    FoundNetworks found = FoundNetworks.in(network.configurations());
    List<Finding> findings = new ArrayList<>();
    for (String problem : found.problems()) {
      findings.add(
          Finding.warn(
              "network.files", problem, "Correct or remove the file: it is left out until then."));
    }
    findings.add(used(network, found));
    findings.add(plugins(network, found));
    found.networks().stream().limit(1).map(NetworkCheck::addresses).forEach(findings::add);
    findings.add(rules(node, found));
    return findings;
  }

  private static Finding used(DaemonConfig.Network network, FoundNetworks found) {
    String name = "network.configuration";
    if (!found.networks().isEmpty()) {
      FoundNetwork first = found.networks().getFirst();
      return Finding.ok(name, "pods get " + first.name() + " from " + first.file());
    }
    if (network.podCidr().isPresent()) {
      return Finding.ok(name, "none yet: jcri makes one for " + network.podCidr().get());
    }
    if (!found.problems().isEmpty()) {
      return Finding.fail(
          name,
          "no file in " + network.configurations() + " is good: pods have no network",
          "Correct the file that is named above.");
    }
    return Finding.fail(
        name,
        "there is no CNI configuration in "
            + network.configurations()
            + ", and network.pod_cidr is not set: pods have no network until the kubelet tells a"
            + " pod CIDR",
        "Install the cluster's network (a DaemonSet puts its file there), or set pod_cidr ="
            + " \"10.244.0.0/24\" below [network] in /etc/jcri/config.toml.");
  }

  private static Finding plugins(DaemonConfig.Network network, FoundNetworks found) {
    if (network.plugins().stream().noneMatch(Files::isDirectory)) {
      return Finding.fail(
          PLUGINS, "there are no CNI plugins in any of " + network.plugins(), install());
    }
    List<String> needed =
        found.networks().isEmpty()
            ? FoundNetworks.programsOfGenerated()
            : found.networks().getFirst().programs();
    List<String> missing = FoundNetworks.missing(needed, network.plugins());
    if (missing.isEmpty()) {
      return Finding.ok(PLUGINS, String.join(" ", needed));
    }
    boolean unusable =
        missing.stream()
            .anyMatch(program ->
                network.plugins().stream()
                    .map(dir -> dir.resolve(program))
                    .anyMatch(Files::exists));
    String seen =
        "%s %s in %s: pods cannot be attached"
            .formatted(
                String.join(", ", missing),
                unusable ? "cannot be executed or is missing" : "missing",
                list(network.plugins()));
    return Finding.fail(PLUGINS, seen, unusable ? "Make it executable: chmod 755" : install());
  }

  /** Those that host-local has written down without a sync just before a power cut. */
  private static Finding addresses(FoundNetwork network) {
    String name = "network.addresses";
    List<Path> lost = network.lostAddresses();
    if (lost.isEmpty()) {
      return Finding.ok(name, "none is lost");
    }
    String folder = String.valueOf(lost.getFirst().getParent());
    return Finding.warn(
        name,
        "%d of %s lost to a power cut: the files %s in %s are empty"
            .formatted(
                lost.size(),
                network.name(),
                lost.stream()
                    .limit(TOLD)
                    .map(file -> String.valueOf(file.getFileName()))
                    .collect(Collectors.joining(" ", "", lost.size() > TOLD ? " …" : "")),
                folder),
        "Remove these files, if no pod has these addresses: crictl pods, crictl inspectp. A dataDir"
            + " of host-local's on a tmpfs, such as /run/cni, can't have that.");
  }

  private static String install() {
    return "Install them: apt install containernetworking-plugins, or those that the cluster's"
        + " network brings; network.plugins in the configuration names where they are.";
  }

  private static String list(List<Path> paths) {
    return String.join(" and ", paths.stream().map(Path::toString).toList());
  }

  /** The network that jcri makes needs it of jcri, and host ports that no plugin maps. */
  private static Finding rules(CheckedNode node, FoundNetworks found) {
    DaemonConfig.Network network = node.config().network();
    boolean made =
        found.networks().isEmpty()
            ? network.podCidr().isPresent()
            : found.networks().getFirst().generated();
    boolean ports =
        switch (network.hostPorts()) {
          case "jcri" -> true;
          case "auto" -> found.networks().stream().limit(1).anyMatch(first -> !first.mapsPorts());
          default -> false;
        };
    if (!made && ports && FoundNetworks.nft().isEmpty()) {
      return Finding.warn(
          NFT, "there is no nft: no host ports lead to pods", "Install it: apt install nftables");
    }
    if (!made) {
      return Finding.skipped(NFT, "the network is not jcri's own");
    }
    return FoundNetworks.nft()
        .map(program -> tried(program, node.program("unshare")))
        .orElseGet(() ->
            Finding.fail(
                NFT,
                "there is no nft: pods reach nothing beyond the node",
                "Install it: apt install nftables"));
  }

  /** A kernel may lack what nft asks it for, and its modules may not fit. */
  static Finding tried(Path nft, Optional<Path> unshare) {
    if (unshare.isEmpty()) {
      return Finding.ok(NFT, nft + "; not tried, there is no unshare");
    }
    try {
      Optional<String> refusal = FoundNetworks.nftRefusal(nft, unshare.get());
      return refusal.isEmpty()
          ? Finding.ok(NFT, nft + " can hide addresses")
          : Finding.fail(
              NFT,
              nft + " cannot set the rule by which pods reach beyond the node: " + refusal.get(),
              "Load what it needs: modprobe -a nf_tables nft_chain_nat nft_masq; where these are"
                  + " missing, boot a kernel of the distribution's, or one whose modules are"
                  + " installed.");
    } catch (IOException e) {
      return Finding.ok(NFT, nft + "; not tried: " + Reasons.of(e));
    }
  }
}
