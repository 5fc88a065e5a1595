package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.PodSandboxMetrics;
import io.jcri.cri.v1.StreamPodSandboxMetricsRequest;
import io.jcri.cri.v1.StreamPodSandboxMetricsResponse;
import io.jcri.daemon.cri.call.ListParts;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;

/** {@code StreamPodSandboxMetrics}: {@link ListPodSandboxMetrics} in parts. */
public final class StreamPodSandboxMetrics
    implements StreamCall<StreamPodSandboxMetricsRequest, StreamPodSandboxMetricsResponse> {
  private final MetricsCollection metrics;

  public StreamPodSandboxMetrics(MetricsCollection metrics) {
    this.metrics = metrics;
  }

  @Override
  public void handle(
      StreamPodSandboxMetricsRequest request, PacedReplies<StreamPodSandboxMetricsResponse> replies)
      throws Exception {
    ListParts<PodSandboxMetrics> parts =
        new ListParts<>(rows ->
            replies.send(
                StreamPodSandboxMetricsResponse.newBuilder()
                    .addAllPodSandboxMetrics(rows)
                    .build()));
    metrics.pods(parts::add);
    parts.end();
  }
}
