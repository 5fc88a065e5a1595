package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainerStatsResponse;
import io.jcri.daemon.cri.call.Call;

/** {@code ListContainerStats}: those that match every part of the filter. */
public final class ListContainerStats
    implements Call<ListContainerStatsRequest, ListContainerStatsResponse> {
  private final StatsCollection stats;

  public ListContainerStats(StatsCollection stats) {
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
