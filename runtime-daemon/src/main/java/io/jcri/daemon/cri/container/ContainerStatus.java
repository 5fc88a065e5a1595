package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ContainerStatusResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.ContainerMessages;
import io.jcri.daemon.cri.message.VerboseInfo;

/** {@code ContainerStatus}: NOT_FOUND for an unknown container. */
final class ContainerStatus implements Call<ContainerStatusRequest, ContainerStatusResponse> {
  private final Containers containers;
  private final VerboseInfo info;

  ContainerStatus(Containers containers, VerboseInfo info) {
    this.containers = containers;
    this.info = info;
  }

  @Override
  public ContainerStatusResponse handle(ContainerStatusRequest request) {
    Container container = containers.require(request.getContainerId());
    ContainerStatusResponse.Builder reply =
        ContainerStatusResponse.newBuilder().setStatus(ContainerMessages.status(container));
    if (request.getVerbose()) {
      reply.putAllInfo(info.ofContainer(container));
    }
    return reply.build();
  }
}
