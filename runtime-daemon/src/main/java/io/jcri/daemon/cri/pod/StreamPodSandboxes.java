package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.StreamPodSandboxesRequest;
import io.jcri.cri.v1.StreamPodSandboxesResponse;
import io.jcri.daemon.cri.call.ListParts;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;
import io.jcri.daemon.cri.message.PodMessages;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;

/** {@code StreamPodSandboxes}: {@link ListPodSandbox} in parts. */
public final class StreamPodSandboxes
    implements StreamCall<StreamPodSandboxesRequest, StreamPodSandboxesResponse> {
  private final Pods pods;

  public StreamPodSandboxes(Pods pods) {
    this.pods = pods;
  }

  @Override
  public void handle(
      StreamPodSandboxesRequest request, PacedReplies<StreamPodSandboxesResponse> replies)
      throws InterruptedException {
    ListParts<io.jcri.cri.v1.PodSandbox> parts =
        new ListParts<>(rows ->
            replies.send(StreamPodSandboxesResponse.newBuilder().addAllPodSandboxes(rows).build()));
    for (Pod pod : ListPodSandbox.select(pods, request.getFilter())) {
      parts.add(PodMessages.row(pod));
    }
    parts.end();
  }
}
