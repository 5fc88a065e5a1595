package io.jcri.daemon.cri;

import io.jcri.cri.v1.StreamContainerStatsRequest;
import io.jcri.cri.v1.StreamContainerStatsResponse;

/**
 * {@code StreamContainerStats}: {@link ListContainerStats} in parts, each read when its turn comes.
 */
final class StreamContainerStats
    implements StreamCall<StreamContainerStatsRequest, StreamContainerStatsResponse> {
  private final StatsCollection stats;

  StreamContainerStats(StatsCollection stats) {
    this.stats = stats;
  }

  @Override
  public void handle(
      StreamContainerStatsRequest request, PacedReplies<StreamContainerStatsResponse> replies)
      throws Exception {
    ListParts<io.jcri.cri.v1.ContainerStats> parts =
        new ListParts<>(
            rows ->
                replies.send(
                    StreamContainerStatsResponse.newBuilder().addAllContainerStats(rows).build()));
    stats.containers(request.getFilter(), parts::add);
    parts.end();
  }
}
