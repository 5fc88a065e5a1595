package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StartContainerResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;

/** {@code StartContainer}: replies once the process runs, or with the OCI runtime's own error. */
final class StartContainer implements Call<StartContainerRequest, StartContainerResponse> {
  private final Containers containers;

  StartContainer(Containers containers) {
    this.containers = containers;
  }

  @Override
  public StartContainerResponse handle(StartContainerRequest request) {
    containers.start(containers.require(request.getContainerId()).id());
    return StartContainerResponse.getDefaultInstance();
  }
}
