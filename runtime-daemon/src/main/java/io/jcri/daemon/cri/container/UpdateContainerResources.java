package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.UpdateContainerResourcesRequest;
import io.jcri.cri.v1.UpdateContainerResourcesResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.ResourceChange;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.Resources;
import java.util.Optional;

/**
 * {@code UpdateContainerResources}: changes a container's limits, all of them or none. What is zero
 * or empty stays as it is.
 */
final class UpdateContainerResources
    implements Call<UpdateContainerResourcesRequest, UpdateContainerResourcesResponse> {
  private static final String FIELD = "linux.";

  private final Containers containers;

  UpdateContainerResources(Containers containers) {
    this.containers = containers;
  }

  @Override
  public UpdateContainerResourcesResponse handle(UpdateContainerResourcesRequest request) {
    String id = containers.require(request.getContainerId()).id();
    LinuxContainerResources linux = request.getLinux();
    containers.update(
        id,
        new ResourceChange(
            Resources.read(linux, FIELD),
            Optional.of(Resources.oomScoreAdj(linux, FIELD)).filter(score -> score != 0),
            request.getAnnotationsMap()));
    return UpdateContainerResourcesResponse.getDefaultInstance();
  }
}
