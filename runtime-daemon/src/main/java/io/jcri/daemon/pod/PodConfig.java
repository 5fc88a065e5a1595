package io.jcri.daemon.pod;

import io.jcri.cni.PortMapping;
import java.util.List;
import java.util.Map;

/**
 * What the kubelet asked for ({@code PodSandboxConfig}), validated and immutable.
 *
 * @param hostname empty for a host-network pod
 * @param logDirectory where containers' relative log paths start; empty disables their logs
 * @param cgroupParent the kubelet's cgroup for the pod: a path, or a slice's name with systemd;
 *     empty when the caller manages none
 * @param handler the OCI runtime's handler name, never empty
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
    String handler) {

  public PodConfig {
    portMappings = List.copyOf(portMappings);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
    sysctls = Map.copyOf(sysctls);
  }

  public boolean hostNetwork() {
    return namespaces.network() == NamespaceMode.NODE;
  }
}
