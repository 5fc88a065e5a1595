package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamContainersResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.ListParts;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;
import io.jcri.daemon.cri.message.ContainerMessages;

/** {@code StreamContainers}: {@link ListContainers} in parts. */
public final class StreamContainers
    implements StreamCall<StreamContainersRequest, StreamContainersResponse> {
  private final Containers containers;

  public StreamContainers(Containers containers) {
    this.containers = containers;
  }

  @Override
  public void handle(
      StreamContainersRequest request, PacedReplies<StreamContainersResponse> replies)
      throws InterruptedException {
    ListParts<io.jcri.cri.v1.Container> parts =
        new ListParts<>(rows ->
            replies.send(StreamContainersResponse.newBuilder().addAllContainers(rows).build()));
    for (Container container : ListContainers.select(containers, request.getFilter())) {
      parts.add(ContainerMessages.row(container));
    }
    parts.end();
  }
}
