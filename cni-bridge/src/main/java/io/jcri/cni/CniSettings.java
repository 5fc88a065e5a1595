package io.jcri.cni;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where CNI lives on this node.
 *
 * @param confDir directory of network configurations; may not exist yet
 * @param binDirs where plugins are looked for, in order
 * @param cacheDir results are kept in its {@code results} directory, as libcni does
 * @param leaseDir where the generated default network has its addresses; one that is empty after a
 *     reboot, as they are void then
 * @param maxConfNum how many configurations, by file name, each pod is attached to; 0 means all
 * @param timeout how long one plugin may run for one command
 * @param podCidr addresses for the generated default network: one CIDR, or several (IPv4, IPv6)
 *     separated by commas
 * @param bridgeName bridge of the generated default network, at most 15 characters
 * @param nftTable name of the nftables tables ({@code ip} and {@code ip6}) that hold its
 *     masquerading rule
 */
public record CniSettings(
    Path confDir,
    List<Path> binDirs,
    Path cacheDir,
    Path leaseDir,
    int maxConfNum,
    Duration timeout,
    Optional<String> podCidr,
    String bridgeName,
    String nftTable) {

  /** Copies its list. */
  public CniSettings {
    binDirs = List.copyOf(binDirs);
  }

  /** The paths that every distribution and installer of plugins uses. */
  public static CniSettings defaults() {
    return new CniSettings(
        Path.of("/etc/cni/net.d"),
        List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"), Path.of("/usr/libexec/cni")),
        Path.of("/var/lib/cni"),
        Path.of("/run/jcri/leases"),
        1,
        Duration.ofSeconds(60),
        Optional.empty(),
        "jcri0",
        "jcri");
  }
}
