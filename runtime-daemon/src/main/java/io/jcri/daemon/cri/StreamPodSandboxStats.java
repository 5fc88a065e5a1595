package io.jcri.daemon.cri;

import io.jcri.cri.v1.StreamPodSandboxStatsRequest;
import io.jcri.cri.v1.StreamPodSandboxStatsResponse;

/**
 * {@code StreamPodSandboxStats}: {@link ListPodSandboxStats} in parts, each read when its turn
 * comes.
 */
final class StreamPodSandboxStats
    implements StreamCall<StreamPodSandboxStatsRequest, StreamPodSandboxStatsResponse> {
  private final StatsCollection stats;

  StreamPodSandboxStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public void handle(
      StreamPodSandboxStatsRequest request, PacedReplies<StreamPodSandboxStatsResponse> replies)
      throws Exception {
    ListParts<io.jcri.cri.v1.PodSandboxStats> parts =
        new ListParts<>(
            rows ->
                replies.send(
                    StreamPodSandboxStatsResponse.newBuilder()
                        .addAllPodSandboxStats(rows)
                        .build()));
    stats.pods(request.getFilter(), parts::add);
    parts.end();
  }
}
