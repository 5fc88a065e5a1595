package io.jcri.daemon.cri;

import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.CreateContainerResponse;
import io.jcri.daemon.container.Containers;
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
    String podId = pods.require(request.getPodSandboxId()).id();
    return CreateContainerResponse.newBuilder()
        .setContainerId(containers.create(podId, ContainerConfigs.read(request)))
        .build();
  }
}
