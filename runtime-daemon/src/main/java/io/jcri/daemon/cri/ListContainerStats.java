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
  public ListContainerStatsResponse handle(ListContainerStatsRequest request) throws Exception {
    ListContainerStatsResponse.Builder reply = ListContainerStatsResponse.newBuilder();
    stats.containers(request.getFilter(), reply::addStats);
    return reply.build();
  }
}
