package io.jcri.daemon.streaming.portforward;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.sandbox.linux.NetworkNamespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to what listens inside a pod: on the loopback addresses of the pod's own network, IPv4
 * first, or of the host's when the pod has that. How a Java thread makes a socket in there is told
 * by {@link NetworkNamespaces}.
 */
public final class PodPorts {
  /** A listener on a loopback address answers at once, unless a firewall keeps it from it. */
  private static final int PATIENCE_MILLIS = 5_000;

  private record Family(ProtocolFamily family, InetAddress loopback) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family(StandardProtocolFamily.INET, InetAddress.ofLiteral("127.0.0.1")),
          new Family(StandardProtocolFamily.INET6, InetAddress.ofLiteral("::1")));

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
      return open();
    }
    // All that Java sets up with its first socket is set up out here.
    for (Candidate warm : open()) {
      warm.socket.close();
    }
    return NetworkNamespaces.call(layout.podNetworkNamespace(pod.id()).toString(), PodPorts::open);
  }

  /** A socket of each family that the kernel has. */
  private static List<Candidate> open() throws IOException {
    List<Candidate> sockets = new ArrayList<>();
    for (Family family : FAMILIES) {
      try {
        sockets.add(new Candidate(SocketChannel.open(family.family), family.loopback));
      } catch (UnsupportedOperationException e) {
        log.debug("no sockets of {}: it is switched off", family.family);
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
