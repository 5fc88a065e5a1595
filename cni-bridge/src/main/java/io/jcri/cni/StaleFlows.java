package io.jcri.cni;

import io.jcri.sandbox.linux.ConnectionTracking;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flows of datagrams to a port of the node from when it led elsewhere, or to nobody: the kernel
 * would go on with that as long as their senders go on.
 */
final class StaleFlows {
  private static final Logger log = LoggerFactory.getLogger(StaleFlows.class);

  private StaleFlows() {}

  /** Has the kernel forget those of these ports; does nothing for others than UDP's. */
  static void forget(Collection<HostPort> ports) {
    Set<Integer> numbers =
        ports.stream()
            .filter(port -> port.protocol().equals("udp"))
            .map(HostPort::port)
            .collect(Collectors.toSet());
    if (numbers.isEmpty()) {
      return;
    }
    try {
      // Not those that only pass, such as questions to a name server with the port of our own.
      Set<InetAddress> here =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .map(StaleFlows::withoutScope)
              .collect(Collectors.toSet());
      int forgotten =
          ConnectionTracking.forget(
              ConnectionTracking.UDP,
              numbers,
              address -> address.isLoopbackAddress() || here.contains(address));
      log.debug("forgot {} flows to the ports {}", forgotten, numbers);
    } catch (IOException e) {
      log.warn("who already sends to the ports {} may reach nobody: {}", numbers, Reasons.of(e));
    }
  }

  private static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (IOException e) {
      return address;
    }
  }
}
