package io.jcri.daemon.pod;

import io.jcri.cni.Bandwidth;
import io.jcri.cni.Cni;
import io.jcri.cni.CniException;
import io.jcri.cni.Dns;
import io.jcri.cni.Netns;
import io.jcri.cni.NetworkStatus;
import io.jcri.cni.PodNetwork;
import io.jcri.cni.PodNetworkRequest;
import io.jcri.daemon.core.Meter;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.linux.InterfaceAddresses;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins pods to their network. Everything needed to leave it again was cached by CNI when the pod
 * joined, so leaving works without the configuration and without the namespace.
 *
 * <p>Thread-safe.
 */
public final class PodNetworks {
  private static final Logger log = LoggerFactory.getLogger(PodNetworks.class);

  private static final String INTERFACE = "eth0";

  private final Cni cni;

  public PodNetworks(Cni cni) {
    this.cni = cni;
  }

  /** Whether a pod could join now, and if not, why. */
  public NetworkStatus status() {
    return cni.status();
  }

  /**
   * Attaches the pod to its network.
   *
   * @return the pod's addresses, the primary one first
   * @throws CniException naming the plugin that failed; every plugin has been undone
   */
  public List<String> join(Pod pod) throws CniException {
    PodNetworkRequest request = request(pod, Bandwidths.of(pod.config().annotations()));
    PodNetwork network = metered("add", () -> cni.attach(request));
    List<String> ips = new ArrayList<>();
    ips.add(network.primaryIp());
    ips.addAll(network.additionalIps());
    return ips;
  }

  /**
   * The addresses for the default network, comma-separated for dual stack.
   *
   * @throws CniException when they are no addresses or the network can't be generated
   */
  public void setPodCidr(String cidrs) throws CniException {
    cni.setPodCidr(cidrs);
  }

  /**
   * Idempotent. What was recorded of the pod when it joined says how, so that whatever its record
   * holds here is no obstacle.
   */
  public void leave(Pod pod) throws CniException {
    detach(request(pod, Optional.empty()));
  }

  private void detach(PodNetworkRequest request) throws CniException {
    Object _ =
        metered(
            "del",
            () -> {
              cni.detach(request);
              return request;
            });
  }

  private interface Step<T> {
    T take() throws CniException;
  }

  private static <T> T metered(String operation, Step<T> step) throws CniException {
    long begin = System.nanoTime();
    boolean done = false;
    try {
      T result = step.take();
      done = true;
      return result;
    } finally {
      Meter.now().network(operation, done, System.nanoTime() - begin);
    }
  }

  /**
   * Gives the pod's interface its addresses again, where a runtime with a network stack of its own
   * has taken them off: plugins read there which rules they have to take back. Idempotent, and no
   * obstacle when it can't be done.
   */
  void restoreAddresses(Pod pod) {
    Optional<Path> namespace = pod.sandbox().flatMap(PodNetworks::namespace);
    if (namespace.isEmpty() || pod.ips().isEmpty()) {
      return;
    }
    try {
      InterfaceAddresses.set(
          namespace.get().toString(),
          INTERFACE,
          pod.ips().stream().map(InetAddress::ofLiteral).toList());
    } catch (IOException | IllegalArgumentException e) {
      log.debug("addresses of pod sandbox {} are not set again: {}", pod.id(), e.getMessage());
    }
  }

  /**
   * As {@link #leave(Pod)}, for a pod of which only this is known. With the namespace at hand
   * plugins also take back what they can't find without it, such as rules for its address.
   */
  public void leave(String id, Path netns) throws CniException {
    detach(PodNetworkRequest.of(id, Optional.of(netns).filter(Netns::isOne), "", "", ""));
  }

  private static PodNetworkRequest request(Pod pod, Optional<Bandwidth> bandwidth) {
    PodConfig config = pod.config();
    DnsConfig dns = config.dns();
    return new PodNetworkRequest(
        pod.id(),
        pod.sandbox().flatMap(PodNetworks::namespace),
        INTERFACE,
        config.metadata().name(),
        config.metadata().namespace(),
        config.metadata().uid(),
        config.portMappings(),
        bandwidth,
        List.of(),
        dns.isEmpty()
            ? Optional.empty()
            : Optional.of(new Dns(dns.servers(), dns.searches(), dns.options())),
        config.cgroupParent().isEmpty() ? Optional.empty() : Optional.of(config.cgroupParent()),
        config.annotations(),
        Stream.of(config.metadata().name(), config.hostname())
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList(),
        Map.of());
  }

  /** The pinned one; when somebody unmounted it, that of the pause process as long as it lives. */
  private static Optional<Path> namespace(SandboxState sandbox) {
    return sandbox
        .netns()
        .filter(Netns::isOne)
        .or(() -> sandbox.netns().flatMap(_ -> namespace(sandbox.pause())));
  }

  private static Optional<Path> namespace(ProcessId pause) {
    try {
      return pause.alive()
          ? Optional.of(Path.of("/proc", Integer.toString(pause.pid()), "ns/net"))
          : Optional.empty();
    } catch (IOException e) {
      log.warn("network namespace of process {}: {}", pause.pid(), e.getMessage());
      return Optional.empty();
    }
  }
}
