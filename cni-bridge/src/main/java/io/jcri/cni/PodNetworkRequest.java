package io.jcri.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pod asks of its network. Of the capabilities that CNI's conventions list, {@code mac},
 * {@code ips}, {@code infinibandGUID} and {@code deviceID} are not here: neither CRI nor an
 * annotation of Kubernetes' own has them, and a plugin that takes them from annotations is given
 * those.
 *
 * @param sandboxId becomes {@code CNI_CONTAINERID}
 * @param netns path of the pinned network namespace; empty when it is gone already (detach only)
 * @param interfaceName of the first network, usually {@code eth0}; further ones count up from it
 * @param podName becomes {@code K8S_POD_NAME}
 * @param podNamespace becomes {@code K8S_POD_NAMESPACE}
 * @param podUid becomes {@code K8S_POD_UID}
 * @param portMappings capability {@code portMappings}
 * @param bandwidth capability {@code bandwidth}
 * @param ipRanges capability {@code ipRanges}
 * @param dns capability {@code dns}
 * @param cgroupPath capability {@code cgroupPath}
 * @param annotations capability {@code io.kubernetes.cri.pod-annotations}
 * @param aliases capability {@code aliases}: names by which the pod may be found
 * @param extraArgs further {@code CNI_ARGS}
 */
public record PodNetworkRequest(
    String sandboxId,
    Optional<Path> netns,
    String interfaceName,
    String podName,
    String podNamespace,
    String podUid,
    List<PortMapping> portMappings,
    Optional<Bandwidth> bandwidth,
    List<IpRange> ipRanges,
    Optional<Dns> dns,
    Optional<String> cgroupPath,
    Map<String, String> annotations,
    List<String> aliases,
    Map<String, String> extraArgs) {

  /** Copies its collections. */
  public PodNetworkRequest {
    portMappings = List.copyOf(portMappings);
    ipRanges = List.copyOf(ipRanges);
    annotations = Map.copyOf(annotations);
    aliases = List.copyOf(aliases);
    extraArgs = Map.copyOf(extraArgs);
  }

  /** A request that uses no capability; add them with the {@code with} methods. */
  public static PodNetworkRequest of(
      String sandboxId, Optional<Path> netns, String podName, String podNamespace, String podUid) {
    return new PodNetworkRequest(
        sandboxId,
        netns,
        "eth0",
        podName,
        podNamespace,
        podUid,
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        List.of(),
        Map.of());
  }

  /** The same request with these port mappings. */
  public PodNetworkRequest withPortMappings(List<PortMapping> mappings) {
    return new PodNetworkRequest(
        sandboxId,
        netns,
        interfaceName,
        podName,
        podNamespace,
        podUid,
        mappings,
        bandwidth,
        ipRanges,
        dns,
        cgroupPath,
        annotations,
        aliases,
        extraArgs);
  }

  /** The same request with another network namespace, or none. */
  public PodNetworkRequest withNetns(Optional<Path> path) {
    return new PodNetworkRequest(
        sandboxId,
        path,
        interfaceName,
        podName,
        podNamespace,
        podUid,
        portMappings,
        bandwidth,
        ipRanges,
        dns,
        cgroupPath,
        annotations,
        aliases,
        extraArgs);
  }
}
