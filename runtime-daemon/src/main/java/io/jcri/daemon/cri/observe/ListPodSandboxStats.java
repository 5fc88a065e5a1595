package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.ListPodSandboxStatsResponse;
import io.jcri.daemon.cri.call.Call;

/** {@code ListPodSandboxStats}: those that match every part of the filter. */
public final class ListPodSandboxStats
    implements Call<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse> {
  private final StatsCollection stats;

  public ListPodSandboxStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public Kind kind() {
    return Kind.STATS;
  }

  @Override
  public ListPodSandboxStatsResponse handle(ListPodSandboxStatsRequest request) throws Exception {
    ListPodSandboxStatsResponse.Builder reply = ListPodSandboxStatsResponse.newBuilder();
    stats.pods(request.getFilter(), reply::addStats);
    return reply.build();
  }
}
