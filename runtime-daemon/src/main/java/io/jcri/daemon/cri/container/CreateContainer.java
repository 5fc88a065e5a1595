package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.CreateContainerResponse;
import io.jcri.daemon.container.ContainerConfig;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;

/** {@code CreateContainer}: a container in a ready sandbox, from an image that is present. */
final class CreateContainer implements Call<CreateContainerRequest, CreateContainerResponse> {
  private final Pods pods;
  private final Containers containers;

  CreateContainer(Pods pods, Containers containers) {
    this.pods = pods;
    this.containers = containers;
  }

  @Override
  public CreateContainerResponse handle(CreateContainerRequest request) {
    Pod pod = pods.require(request.getPodSandboxId());
    ContainerConfig config = ContainerConfigs.read(request);
    checkPrivileges(pod, config, request);
    return CreateContainerResponse.newBuilder()
        .setContainerId(containers.create(pod.id(), config))
        .build();
  }

  /**
   * What the caller says of the pod now counts: one that was run without privileges may be given an
   * ephemeral container that has them.
   */
  private static void checkPrivileges(
      Pod pod, ContainerConfig config, CreateContainerRequest request) {
    boolean allowed =
        request.hasSandboxConfig()
            ? request.getSandboxConfig().getLinux().getSecurityContext().getPrivileged()
            : pod.config().privileged();
    if (config.security().privileged() && !allowed) {
      throw JcriException.invalid(
          "config.linux.security_context.privileged: pod sandbox %s is not privileged"
              .formatted(pod.id()));
    }
  }
}
