package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.ContainerStatsResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;

/**
 * {@code ContainerStats}: NOT_FOUND for an unknown container, and for one without a process, which
 * only lists have figures of.
 */
final class ContainerStats implements Call<ContainerStatsRequest, ContainerStatsResponse> {
  private final Containers containers;
  private final StatsCollection stats;

  ContainerStats(Containers containers, StatsCollection stats) {
    this.containers = containers;
    this.stats = stats;
  }

  @Override
  public ContainerStatsResponse handle(ContainerStatsRequest request) throws Exception {
    Container container = containers.require(request.getContainerId());
    switch (container.phase()) {
      case CREATING, CREATED, EXITED ->
          throw new JcriException(
              JcriException.Kind.NOT_FOUND,
              "container %s is %s and has no figures".formatted(container.id(), container.phase()));
      case RUNNING, UNKNOWN -> {}
    }
    return ContainerStatsResponse.newBuilder().setStats(stats.of(container)).build();
  }
}
