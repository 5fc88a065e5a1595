package io.jcri.daemon.cri;

import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamContainersResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;

/** {@code StreamContainers}: {@link ListContainers} in parts. */
final class StreamContainers
    implements StreamCall<StreamContainersRequest, StreamContainersResponse> {
  private final Containers containers;

  StreamContainers(Containers containers) {
    this.containers = containers;
  }

  @Override
  public void handle(
      StreamContainersRequest request, PacedReplies<StreamContainersResponse> replies)
      throws InterruptedException {
    ListParts<io.jcri.cri.v1.Container> parts =
        new ListParts<>(
            rows ->
                replies.send(StreamContainersResponse.newBuilder().addAllContainers(rows).build()));
    for (Container container : ListContainers.select(containers, request.getFilter())) {
      parts.add(ContainerMessages.row(container));
    }
    parts.end();
  }
}
