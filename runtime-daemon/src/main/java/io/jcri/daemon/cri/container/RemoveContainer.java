package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RemoveContainerResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import java.util.Optional;

/**
 * {@code RemoveContainer}: a running container is forcibly removed. Idempotent: an unknown
 * container is no error.
 */
final class RemoveContainer implements Call<RemoveContainerRequest, RemoveContainerResponse> {
  private final Containers containers;

  RemoveContainer(Containers containers) {
    this.containers = containers;
  }

  @Override
  public RemoveContainerResponse handle(RemoveContainerRequest request) {
    Optional<Container> container = containers.find(request.getContainerId());
    if (container.isPresent()) {
      containers.remove(container.get().id());
    }
    return RemoveContainerResponse.getDefaultInstance();
  }
}
