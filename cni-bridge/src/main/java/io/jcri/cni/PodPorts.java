package io.jcri.cni;

import io.jcri.cni.PodCidrs.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod and the ports of the node that lead to it.
 *
 * @param sandboxId with the letters only that {@link Attachment} lets in
 * @param addresses of the pod, none as long as it has none
 */
record PodPorts(String sandboxId, List<HostPort> ports, List<Inside> addresses) {
  /**
   * An address of a pod.
   *
   * @param subnet whose members reach the pod without the node, and would be answered without it
   */
  record Inside(InetAddress address, Cidr subnet) {
    boolean ipv6() {
      return address instanceof Inet6Address;
    }
  }

  PodPorts {
    ports = List.copyOf(ports);
    addresses = List.copyOf(addresses);
  }

  /** Of addresses with their prefix lengths; what is none is left out. */
  PodPorts at(List<String> withPrefixes) {
    List<Inside> inside = new ArrayList<>();
    for (String text : withPrefixes) {
      try {
        int slash = text.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        int bits = address.getAddress().length * 8;
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        inside.add(new Inside(address, Cidr.around(address, prefix)));
      } catch (IllegalArgumentException e) {
        // An answer of a plugin's that says no address of a pod is no address to lead to.
      }
    }
    return new PodPorts(sandboxId, ports, inside);
  }
}
