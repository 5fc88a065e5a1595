package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.StreamContainerStatsRequest;
import io.jcri.cri.v1.StreamContainerStatsResponse;
import io.jcri.daemon.cri.call.ListParts;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;

/**
 * {@code StreamContainerStats}: {@link ListContainerStats} in parts, each read when its turn comes.
 */
public final class StreamContainerStats
    implements StreamCall<StreamContainerStatsRequest, StreamContainerStatsResponse> {
  private final StatsCollection stats;

  public StreamContainerStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public void handle(
      StreamContainerStatsRequest request, PacedReplies<StreamContainerStatsResponse> replies)
      throws Exception {
    ListParts<io.jcri.cri.v1.ContainerStats> parts =
        new ListParts<>(rows ->
            replies.send(
                StreamContainerStatsResponse.newBuilder().addAllContainerStats(rows).build()));
    stats.containers(request.getFilter(), parts::add);
    parts.end();
  }
}
