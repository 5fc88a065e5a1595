package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.StreamPodSandboxStatsRequest;
import io.jcri.cri.v1.StreamPodSandboxStatsResponse;
import io.jcri.daemon.cri.call.ListParts;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;

/**
 * {@code StreamPodSandboxStats}: {@link ListPodSandboxStats} in parts, each read when its turn
 * comes.
 */
public final class StreamPodSandboxStats
    implements StreamCall<StreamPodSandboxStatsRequest, StreamPodSandboxStatsResponse> {
  private final StatsCollection stats;

  public StreamPodSandboxStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public void handle(
      StreamPodSandboxStatsRequest request, PacedReplies<StreamPodSandboxStatsResponse> replies)
      throws Exception {
    ListParts<io.jcri.cri.v1.PodSandboxStats> parts =
        new ListParts<>(rows ->
            replies.send(
                StreamPodSandboxStatsResponse.newBuilder().addAllPodSandboxStats(rows).build()));
    stats.pods(request.getFilter(), parts::add);
    parts.end();
  }
}
