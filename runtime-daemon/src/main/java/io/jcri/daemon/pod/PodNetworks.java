package io.jcri.daemon.pod;

import io.jcri.cni.Bandwidth;
import io.jcri.cni.Cni;
import io.jcri.cni.CniException;
import io.jcri.cni.NetworkStatus;
import io.jcri.cni.PodNetwork;
import io.jcri.cni.PodNetworkRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Joins pods to their network. Everything needed to leave it again was cached by CNI when the pod
 * joined, so leaving works without the configuration and without the namespace.
 *
 * <p>Thread-safe.
 */
public final class PodNetworks {
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
    PodNetwork network = cni.attach(request(pod, Bandwidths.of(pod.config().annotations())));
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
    cni.detach(request(pod, Optional.empty()));
  }

  /**
   * As {@link #leave(Pod)}, for a pod of which only this is known. With the namespace at hand
   * plugins also take back what they can't find without it, such as rules for its address.
   */
  public void leave(String id, Path netns) throws CniException {
    cni.detach(PodNetworkRequest.of(id, Optional.of(netns).filter(Files::exists), "", "", ""));
  }

  private static PodNetworkRequest request(Pod pod, Optional<Bandwidth> bandwidth) {
    PodConfig config = pod.config();
    Optional<Path> netns = pod.sandbox().flatMap(sandbox -> sandbox.netns()).filter(Files::exists);
    return new PodNetworkRequest(
        pod.id(),
        netns,
        INTERFACE,
        config.metadata().name(),
        config.metadata().namespace(),
        config.metadata().uid(),
        config.portMappings(),
        bandwidth,
        List.of(),
        Optional.empty(),
        config.cgroupParent().isEmpty() ? Optional.empty() : Optional.of(config.cgroupParent()),
        Map.of());
  }
}
