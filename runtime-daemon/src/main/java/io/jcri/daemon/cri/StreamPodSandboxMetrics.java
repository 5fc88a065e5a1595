package io.jcri.daemon.cri;

import io.jcri.cri.v1.PodSandboxMetrics;
import io.jcri.cri.v1.StreamPodSandboxMetricsRequest;
import io.jcri.cri.v1.StreamPodSandboxMetricsResponse;

/** {@code StreamPodSandboxMetrics}: {@link ListPodSandboxMetrics} in parts. */
final class StreamPodSandboxMetrics
    implements StreamCall<StreamPodSandboxMetricsRequest, StreamPodSandboxMetricsResponse> {
  private final MetricsCollection metrics;

  StreamPodSandboxMetrics(MetricsCollection metrics) {
    this.metrics = metrics;
  }

  @Override
  public void handle(
      StreamPodSandboxMetricsRequest request, PacedReplies<StreamPodSandboxMetricsResponse> replies)
      throws Exception {
    ListParts<PodSandboxMetrics> parts =
        new ListParts<>(
            rows ->
                replies.send(
                    StreamPodSandboxMetricsResponse.newBuilder()
                        .addAllPodSandboxMetrics(rows)
                        .build()));
    metrics.pods(parts::add);
    parts.end();
  }
}
