package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.cri.v1.StopContainerResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.call.Seconds;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code StopContainer}: the stop signal, and SIGKILL after the grace period. Idempotent: a
 * container that is stopped or unknown is no error.
 */
final class StopContainer implements Call<StopContainerRequest, StopContainerResponse> {
  private final Containers containers;

  StopContainer(Containers containers) {
    this.containers = containers;
  }

  @Override
  public Duration allowed(StopContainerRequest request) {
    return Seconds.of(request.getTimeout());
  }

  @Override
  public StopContainerResponse handle(StopContainerRequest request) throws Exception {
    Optional<Container> container = containers.find(request.getContainerId());
    if (container.isPresent()) {
      containers.stop(container.get().id(), Seconds.of(request.getTimeout()));
    }
    return StopContainerResponse.getDefaultInstance();
  }
}
