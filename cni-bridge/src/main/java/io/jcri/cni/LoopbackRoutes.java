package io.jcri.cni;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Lets the node reach pods from 127.0.0.1: the kernel's {@code route_localnet} of the interface
 * that leads to them. It stays as it is when they go, as the plugin portmap leaves it.
 */
final class LoopbackRoutes {
  private final Path proc;

  /**
   * Looks at nothing yet.
   *
   * @param proc of the kernel
   */
  LoopbackRoutes(Path proc) {
    this.proc = proc;
  }

  /**
   * Opens the way to an IPv4 address.
   *
   * @return why it stays closed, or empty
   */
  String open(InetAddress pod) {
    try {
      Optional<String> link = link(Files.readAllLines(proc.resolve("net/route")), pod.getAddress());
      if (link.isEmpty()) {
        return "no interface of this node leads to " + pod.getHostAddress();
      }
      Path setting = proc.resolve("sys/net/ipv4/conf/%s/route_localnet".formatted(link.get()));
      if (!Files.readString(setting).startsWith("1")) {
        Files.writeString(setting, "1");
      }
      return "";
    } catch (IOException e) {
      return Reasons.ofNamed(e);
    }
  }

  /**
   * The interface on which an address is a neighbour; none where only a gateway leads to it: what
   * is let in there would come from the whole network.
   *
   * @param routes lines of {@code /proc/net/route}: interface, destination, gateway, three figures,
   *     metric, mask, numbers as this processor has them in memory
   */
  static Optional<String> link(List<String> routes, byte[] address) {
    Optional<String> best = Optional.empty();
    int longest = -1;
    int wanted = inMemory(address);
    for (String line : routes.subList(Math.min(1, routes.size()), routes.size())) {
      String[] fields = line.split("\\s+", -1);
      if (fields.length < 8) {
        continue;
      }
      int destination = Integer.parseUnsignedInt(fields[1], 16);
      int mask = Integer.parseUnsignedInt(fields[7], 16);
      int length = Integer.bitCount(mask);
      if ((wanted & mask) == destination && length > longest) {
        longest = length;
        best = fields[2].equals("00000000") ? Optional.of(fields[0]) : Optional.empty();
      }
    }
    return best;
  }

  /** Both architectures are little-endian. */
  private static int inMemory(byte[] address) {
    return (address[0] & 0xff)
        | (address[1] & 0xff) << 8
        | (address[2] & 0xff) << 16
        | (address[3] & 0xff) << 24;
  }
}
