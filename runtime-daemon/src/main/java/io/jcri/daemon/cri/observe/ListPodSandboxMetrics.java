package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ListPodSandboxMetricsRequest;
import io.jcri.cri.v1.ListPodSandboxMetricsResponse;
import io.jcri.daemon.cri.call.Call;

/** {@code ListPodSandboxMetrics}: of every pod and its containers. */
public final class ListPodSandboxMetrics
    implements Call<ListPodSandboxMetricsRequest, ListPodSandboxMetricsResponse> {
  private final MetricsCollection metrics;

  public ListPodSandboxMetrics(MetricsCollection metrics) {
    this.metrics = metrics;
  }

  @Override
  public Kind kind() {
    return Kind.STATS;
  }

  @Override
  public ListPodSandboxMetricsResponse handle(ListPodSandboxMetricsRequest request)
      throws Exception {
    ListPodSandboxMetricsResponse.Builder reply = ListPodSandboxMetricsResponse.newBuilder();
    metrics.pods(reply::addPodMetrics);
    return reply.build();
  }
}
