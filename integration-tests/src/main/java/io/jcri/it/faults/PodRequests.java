package io.jcri.it.faults;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;

/**
 * What a pod and its containers are asked to be.
 *
 * @param name of the pod, nobody else's
 * @param hostNetwork whether it has the node's network
 */
record PodRequests(NodeUnderFaults node, String name, boolean hostNetwork) {
  /** By which a client finds its pods. */
  static final String LABEL = "io.jcri.faults";

  PodSandboxConfig pod(int attempt) {
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("faults")
                    .setUid("uid-of-" + name)
                    .setAttempt(attempt))
            .setLogDirectory(node.logs().resolve(name).toString())
            .putLabels(LABEL, name);
    if (!hostNetwork) {
      config.setHostname(name);
    }
    config
        .getLinuxBuilder()
        .setCgroupParent(node.cgroup())
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(NamespaceMode.CONTAINER)
        .setNetwork(hostNetwork ? NamespaceMode.NODE : NamespaceMode.POD);
    return config.build();
  }

  ContainerConfig container(Program program, int number, int attempt, String log) {
    ContainerConfig.Builder container =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName("c" + number).setAttempt(attempt))
            .setImage(ImageSpec.newBuilder().setImage(node.image()))
            .addAllCommand(program.command())
            .putLabels(LABEL, name)
            .setLogPath(log);
    container
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setNamespaceOptions(pod(0).getLinux().getSecurityContext().getNamespaceOptions());
    if (program.memoryLimit() > 0) {
      container
          .getLinuxBuilder()
          .getResourcesBuilder()
          .setMemoryLimitInBytes(program.memoryLimit())
          .setMemorySwapLimitInBytes(program.memoryLimit());
    }
    return container.build();
  }
}
