package io.jcri.daemon.cri;

import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainerStatsResponse;

/** {@code ListContainerStats}: those that match every part of the filter. */
final class ListContainerStats
    implements Call<ListContainerStatsRequest, ListContainerStatsResponse> {
  private final StatsCollection stats;

  ListContainerStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public Kind kind() {
    return Kind.STATS;
  }

  @Override
  public ListContainerStatsResponse handle(ListContainerStatsRequest request) throws Exception {
    return ListContainerStatsResponse.newBuilder()
        .addAllStats(stats.containers(request.getFilter()))
        .build();
  }
}
