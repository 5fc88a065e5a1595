package io.jcri.daemon.cri.message;

import io.jcri.cri.v1.LinuxPodSandboxStatus;
import io.jcri.cri.v1.Namespace;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.PodIP;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PodSandboxNetworkStatus;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.UserNamespace;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.NamespaceOptions;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodMetadata;
import io.jcri.sandbox.IdMapping;
import java.util.List;

/** Pods as CRI tells of them. */
public final class PodMessages {
  private PodMessages() {}

  public static PodSandbox row(Pod pod) {
    return PodSandbox.newBuilder()
        .setId(pod.id())
        .setMetadata(metadata(pod.config().metadata()))
        .setState(state(pod))
        .setCreatedAt(pod.createdAt())
        .putAllLabels(pod.config().labels())
        .putAllAnnotations(pod.config().annotations())
        .setRuntimeHandler(pod.config().runtimeHandler())
        .build();
  }

  public static io.jcri.cri.v1.PodSandboxStatus status(Pod pod) {
    return io.jcri.cri.v1.PodSandboxStatus.newBuilder()
        .setId(pod.id())
        .setMetadata(metadata(pod.config().metadata()))
        .setState(state(pod))
        .setCreatedAt(pod.createdAt())
        .setNetwork(network(pod.liveIps()))
        .setLinux(
            LinuxPodSandboxStatus.newBuilder()
                .setNamespaces(
                    Namespace.newBuilder().setOptions(options(pod.config().namespaces()))))
        .putAllLabels(pod.config().labels())
        .putAllAnnotations(pod.config().annotations())
        .setRuntimeHandler(pod.config().runtimeHandler())
        .build();
  }

  public static PodSandboxState state(Pod pod) {
    return pod.ready() ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
  }

  public static PodSandboxMetadata metadata(PodMetadata metadata) {
    return PodSandboxMetadata.newBuilder()
        .setName(metadata.name())
        .setNamespace(metadata.namespace())
        .setUid(metadata.uid())
        .setAttempt(metadata.attempt())
        .build();
  }

  /** A pod with the host's network has no address of its own to tell. */
  private static PodSandboxNetworkStatus network(List<String> ips) {
    PodSandboxNetworkStatus.Builder network = PodSandboxNetworkStatus.newBuilder();
    if (!ips.isEmpty()) {
      network.setIp(ips.getFirst());
      ips.stream()
          .skip(1)
          .map(ip -> PodIP.newBuilder().setIp(ip).build())
          .forEach(network::addAdditionalIps);
    }
    return network.build();
  }

  static NamespaceOption options(NamespaceOptions namespaces) {
    NamespaceOption.Builder option =
        NamespaceOption.newBuilder()
            .setNetwork(mode(namespaces.network()))
            .setPid(mode(namespaces.pid()))
            .setIpc(mode(namespaces.ipc()))
            .setTargetId(namespaces.targetId());
    namespaces
        .user()
        .ifPresent(user ->
            option.setUsernsOptions(
                UserNamespace.newBuilder()
                    .setMode(io.jcri.cri.v1.NamespaceMode.POD)
                    .addAllUids(mappings(user.uids()))
                    .addAllGids(mappings(user.gids()))));
    return option.build();
  }

  private static List<io.jcri.cri.v1.IDMapping> mappings(List<IdMapping> mappings) {
    return mappings.stream()
        .map(mapping -> mapping(mapping.containerId(), mapping.hostId(), mapping.size()))
        .toList();
  }

  /** The ids are u32: unsigned on the wire, signed in the generated code. */
  static io.jcri.cri.v1.IDMapping mapping(long containerId, long hostId, long size) {
    return io.jcri.cri.v1.IDMapping.newBuilder()
        .setContainerId((int) containerId)
        .setHostId((int) hostId)
        .setLength((int) size)
        .build();
  }

  private static io.jcri.cri.v1.NamespaceMode mode(NamespaceMode mode) {
    return switch (mode) {
      case POD -> io.jcri.cri.v1.NamespaceMode.POD;
      case CONTAINER -> io.jcri.cri.v1.NamespaceMode.CONTAINER;
      case NODE -> io.jcri.cri.v1.NamespaceMode.NODE;
      case TARGET -> io.jcri.cri.v1.NamespaceMode.TARGET;
    };
  }
}
