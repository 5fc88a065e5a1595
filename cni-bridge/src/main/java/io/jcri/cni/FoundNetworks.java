package io.jcri.cni;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a daemon would find of networks on this node. A look only: nothing is made that stays, and
 * no plugin is called.
 *
 * @param networks in the order of their files; pods are attached to the first
 * @param problems a sentence for each file that is left out
 */
public record FoundNetworks(List<FoundNetwork> networks, List<String> problems) {
  /** The programs of the network that is generated where there is no configuration. */
  private static final List<String> OF_GENERATED = List.of("bridge", "host-local", "portmap");

  public FoundNetworks {
    networks = List.copyOf(networks);
    problems = List.copyOf(problems);
  }

  /**
   * A network.
   *
   * @param file that it is from
   * @param generated whether jcri has made the file
   * @param programs of its plugins and of those that give addresses
   * @param mapsPorts whether a plugin leads host ports to pods
   * @param lostAddresses files of addresses that a power cut has left without a word on whose they
   *     are: no plugin gives them back
   */
  public record FoundNetwork(
      String name,
      String file,
      boolean generated,
      List<String> programs,
      boolean mapsPorts,
      List<Path> lostAddresses) {
    public FoundNetwork {
      programs = List.copyOf(programs);
      lostAddresses = List.copyOf(lostAddresses);
    }
  }

  /** Of a directory, which need not exist. */
  public static FoundNetworks in(Path configurations) {
    ConfigDirectory.Contents contents = new ConfigDirectory(configurations).load();
    return new FoundNetworks(
        contents.networks().stream().map(FoundNetworks::found).toList(), contents.problems());
  }

  /** Those of these programs that are in none of the directories, or may not be executed. */
  public static List<String> missing(List<String> programs, List<Path> directories) {
    return programs.stream()
        .filter(program -> PluginRunner.find(directories, program).isEmpty())
        .toList();
  }

  /** The programs that are needed when pods get the network that jcri makes. */
  public static List<String> programsOfGenerated() {
    return OF_GENERATED;
  }

  /** Where {@code nft} is, without which the network that jcri makes hides no addresses. */
  public static Optional<Path> nft() {
    return PluginRunner.find(Nft.systemPath(), "nft");
  }

  /**
   * Tries whether {@code nft} can set the rule that the network needs which jcri makes, where
   * nobody sees it.
   *
   * @param unshare the program that makes a network namespace for that
   * @return why it can't
   * @throws IOException when it could not be tried
   */
  public static Optional<String> nftRefusal(Path nft, Path unshare) throws IOException {
    return NftTrial.refusal(nft, unshare);
  }

  private static FoundNetwork found(Network network) {
    Set<String> programs = new LinkedHashSet<>();
    for (Plugin plugin : network.plugins()) {
      programs.add(plugin.type());
      Json.object(plugin.config(), "ipam")
          .flatMap(addresses -> Json.string(addresses, "type"))
          .filter(type -> !type.isEmpty())
          .ifPresent(programs::add);
    }
    return new FoundNetwork(
        network.name(),
        network.origin(),
        network.generated(),
        new ArrayList<>(programs),
        network.mapsPorts(),
        HostLocal.lost(network));
  }
}
