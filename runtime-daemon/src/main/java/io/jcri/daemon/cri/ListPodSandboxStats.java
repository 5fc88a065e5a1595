package io.jcri.daemon.cri;

import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.ListPodSandboxStatsResponse;
import io.jcri.cri.v1.PodSandboxStatsFilter;
import io.jcri.daemon.pod.Pod;

/** {@code ListPodSandboxStats}: those that match every part of the filter. */
final class ListPodSandboxStats
    implements Call<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse> {
  private final StatsCollection stats;

  ListPodSandboxStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public ListPodSandboxStatsResponse handle(ListPodSandboxStatsRequest request) throws Exception {
    return ListPodSandboxStatsResponse.newBuilder()
        .addAllStats(stats.pods(pod -> matches(pod, request.getFilter())))
        .build();
  }

  private static boolean matches(Pod pod, PodSandboxStatsFilter filter) {
    return pod.id().startsWith(filter.getId())
        && Labels.match(filter.getLabelSelectorMap(), pod.config().labels());
  }
}
