package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.PodSandboxStatsRequest;
import io.jcri.cri.v1.PodSandboxStatsResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.Pods;

/** {@code PodSandboxStats}: NOT_FOUND for an unknown sandbox. */
final class PodSandboxStats implements Call<PodSandboxStatsRequest, PodSandboxStatsResponse> {
  private final Pods pods;
  private final StatsCollection stats;

  PodSandboxStats(Pods pods, StatsCollection stats) {
    this.pods = pods;
    this.stats = stats;
  }

  @Override
  public PodSandboxStatsResponse handle(PodSandboxStatsRequest request) throws Exception {
    return PodSandboxStatsResponse.newBuilder()
        .setStats(stats.of(pods.require(request.getPodSandboxId())))
        .build();
  }
}
