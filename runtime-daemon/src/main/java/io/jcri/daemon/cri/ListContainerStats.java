package io.jcri.daemon.cri;

import io.jcri.cri.v1.ContainerStatsFilter;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainerStatsResponse;
import io.jcri.daemon.container.Container;

/** {@code ListContainerStats}: those that match every part of the filter. */
final class ListContainerStats
    implements Call<ListContainerStatsRequest, ListContainerStatsResponse> {
  private final StatsCollection stats;

  ListContainerStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public ListContainerStatsResponse handle(ListContainerStatsRequest request) throws Exception {
    return ListContainerStatsResponse.newBuilder()
        .addAllStats(stats.containers(container -> matches(container, request.getFilter())))
        .build();
  }

  private static boolean matches(Container container, ContainerStatsFilter filter) {
    return container.id().startsWith(filter.getId())
        && container.podId().startsWith(filter.getPodSandboxId())
        && Labels.match(filter.getLabelSelectorMap(), container.config().labels());
  }
}
