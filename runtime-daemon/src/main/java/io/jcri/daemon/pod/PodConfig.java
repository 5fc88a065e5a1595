package io.jcri.daemon.pod;

import io.jcri.cni.PortMapping;
import io.jcri.daemon.security.SelinuxOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the kubelet asked for ({@code PodSandboxConfig}), validated and immutable.
 *
 * @param hostname empty for a host-network pod
 * @param logDirectory where containers' relative log paths start; empty disables their logs
 * @param cgroupParent the kubelet's cgroup for the pod: a path, or a slice's name with systemd;
 *     empty when the caller manages none
 * @param handler the OCI runtime's handler name, never empty
 * @param handlerAsked the name in the request, empty for the default; absent in records of before
 * @param resources of the pod as a whole, when the kubelet told any
 * @param selinux parts of the label, when the kubelet told any
 */
public record PodConfig(
    PodMetadata metadata,
    String hostname,
    String logDirectory,
    DnsConfig dns,
    List<PortMapping> portMappings,
    Map<String, String> labels,
    Map<String, String> annotations,
    String cgroupParent,
    Map<String, String> sysctls,
    NamespaceOptions namespaces,
    boolean privileged,
    String handler,
    Optional<String> handlerAsked,
    Optional<PodResources> resources,
    Optional<SelinuxOptions> selinux) {

  public PodConfig {
    portMappings = List.copyOf(portMappings);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    sysctls = Map.copyOf(sysctls);
  }

  PodConfig withResources(PodResources changed) {
    return new PodConfig(
        metadata,
        hostname,
        logDirectory,
        dns,
        portMappings,
        labels,
        annotations,
        cgroupParent,
        sysctls,
        namespaces,
        privileged,
        handler,
        handlerAsked,
        Optional.of(changed),
        selinux);
  }

  /** The handler as the request named it, which is what lists and statuses tell. */
  public String runtimeHandler() {
    return handlerAsked.orElse(handler);
  }

  public boolean hostNetwork() {
    return namespaces.network() == NamespaceMode.NODE;
  }
}
