package io.jcri.daemon.streaming.portforward;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.sandbox.linux.NetworkNamespaces;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to what listens inside a pod: on the loopback addresses of the pod's own network, IPv4
 * first, or of the host's when the pod has that. How a Java thread makes a socket in there is told
 * by {@link NetworkNamespaces}.
 *
 * <p>A runtime with a kernel for each pod may have a network stack in there, too, which has taken
 * the addresses off the pod's interface: then nobody listens in the pod's network namespace, which
 * refuses at once, and the pod is called from outside, by its addresses. What listens inside such a
 * kernel on its loopback addresses alone can't be reached.
 */
public final class PodPorts {
  /** A listener on a loopback address answers at once, unless a firewall keeps it from it. */
  private static final int PATIENCE_MILLIS = 5_000;

  private static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

  private record Candidate(SocketChannel socket, InetAddress address) {}

  private static final Logger log = LoggerFactory.getLogger(PodPorts.class);

  private final Pods pods;
  private final Layout layout;

  public PodPorts(Pods pods, Layout layout) {
    this.pods = pods;
    this.layout = layout;
  }

  /**
   * Connects to a port.
   *
   * @throws IOException naming the port and what each address answered
   * @throws JcriException NOT_FOUND or FAILED_PRECONDITION when there is no such pod, or it has
   *     ended
   */
  SocketChannel connect(String podId, int port) throws IOException {
    List<Candidate> candidates = sockets(podId);
    StringJoiner refusals = new StringJoiner(", ", "no answer on port " + port + ": ", "");
    @Nullable SocketChannel connected = null;
    for (Candidate candidate : candidates) {
      if (connected == null && connect(candidate, port, refusals)) {
        connected = candidate.socket;
      } else {
        candidate.socket.close();
      }
    }
    if (connected == null) {
      throw new IOException(refusals.toString());
    }
    return connected;
  }

  private static boolean connect(Candidate candidate, int port, StringJoiner refusals) {
    try {
      candidate
          .socket
          .socket()
          .connect(new InetSocketAddress(candidate.address, port), PATIENCE_MILLIS);
      return true;
    } catch (IOException e) {
      refusals.add(candidate.address.getHostAddress() + ": " + e.getMessage());
      return false;
    }
  }

  private List<Candidate> sockets(String podId) throws IOException {
    Pod pod = pods.require(podId);
    if (!pod.ready()) {
      throw JcriException.precondition("pod sandbox " + pod.id() + " is not ready");
    }
    if (pod.config().namespaces().network() == NamespaceMode.NODE) {
      return open(LOOPBACK);
    }
    // All that Java sets up with its first socket is set up out here.
    for (Candidate warm : open(LOOPBACK)) {
      warm.socket.close();
    }
    List<Candidate> outside = open(addressesFromOutside(pod));
    try {
      List<Candidate> inside =
          NetworkNamespaces.call(
              layout.podNetworkNamespace(pod.id()).toString(), () -> open(LOOPBACK));
      return Stream.concat(inside.stream(), outside.stream()).toList();
    } catch (IOException e) {
      for (Candidate opened : outside) {
        opened.socket.close();
      }
      throw e;
    }
  }

  /** None for a pod without a sandbox container: whatever listens there can be reached inside. */
  private List<InetAddress> addressesFromOutside(Pod pod) {
    return Files.exists(layout.podContainer(pod.id())) ? inOrder(pod.liveIps()) : List.of();
  }

  /** IPv4 first, as inside. */
  static List<InetAddress> inOrder(List<String> addresses) {
    return addresses.stream()
        .map(InetAddress::ofLiteral)
        .sorted(Comparator.comparing(address -> !(address instanceof Inet4Address)))
        .toList();
  }

  /** A socket for each address of a family that the kernel has. */
  private static List<Candidate> open(List<InetAddress> addresses) throws IOException {
    List<Candidate> sockets = new ArrayList<>();
    for (InetAddress address : addresses) {
      ProtocolFamily family =
          address instanceof Inet4Address
              ? StandardProtocolFamily.INET
              : StandardProtocolFamily.INET6;
      try {
        sockets.add(new Candidate(SocketChannel.open(family), address));
      } catch (UnsupportedOperationException e) {
        log.debug("no sockets of {}: it is switched off", family);
      } catch (IOException e) {
        for (Candidate opened : sockets) {
          opened.socket.close();
        }
        throw e;
      }
    }
    return sockets;
  }
}
