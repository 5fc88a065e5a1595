package io.jcri.cni;

import io.jcri.cni.CniException.Reason;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The address ranges of a node's pods, as kubelet states them: {@code 10.1.0.0/24,fd00:1::/64}. */
record PodCidrs(List<Cidr> ranges) {
  /** A range whose text has no host bits set. */
  record Cidr(String text, boolean ipv6) {
    /** The range of so many leading bits that an address is in. */
    static Cidr around(InetAddress address, int prefix) {
      byte[] bytes = address.getAddress();
      if (prefix < 0 || prefix > bytes.length * 8) {
        throw new IllegalArgumentException("no prefix length: " + prefix);
      }
      for (int bit = prefix; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
      }
      try {
        String network = InetAddress.getByAddress(bytes).getHostAddress();
        return new Cidr(network + "/" + prefix, address instanceof Inet6Address);
      } catch (UnknownHostException e) {
        throw new IllegalStateException(e); // The length is that of an address.
      }
    }
  }

  PodCidrs {
    ranges = List.copyOf(ranges);
  }

  static PodCidrs parse(String text) throws CniException {
    List<Cidr> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      ranges.add(parseOne(part.strip(), text));
    }
    return new PodCidrs(ranges);
  }

  private static Cidr parseOne(String part, String all) throws CniException {
    int slash = part.indexOf('/');
    if (slash < 0) {
      throw invalid(part, all, "it has no prefix length");
    }
    InetAddress address;
    int prefix;
    try {
      address = InetAddress.ofLiteral(part.substring(0, slash));
      prefix = Integer.parseInt(part.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw invalid(part, all, "it is not an address and a prefix length");
    }
    int bits = address.getAddress().length * 8;
    // Network, gateway, one pod and broadcast must fit.
    if (prefix < 1 || prefix > bits - 2) {
      throw invalid(part, all, "its prefix length must be from 1 to " + (bits - 2));
    }
    return Cidr.around(address, prefix);
  }

  private static CniException invalid(String part, String all, String why) {
    return new CniException(
        Reason.INVALID, "pod CIDR \"%s\" in \"%s\" cannot be used: %s".formatted(part, all, why));
  }
}
