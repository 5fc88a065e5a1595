package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.ReopenContainerLogRequest;
import io.jcri.cri.v1.ReopenContainerLogResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;

/** {@code ReopenContainerLog}: after the kubelet has moved the file; an error when not running. */
final class ReopenContainerLog
    implements Call<ReopenContainerLogRequest, ReopenContainerLogResponse> {
  private final Containers containers;

  ReopenContainerLog(Containers containers) {
    this.containers = containers;
  }

  @Override
  public ReopenContainerLogResponse handle(ReopenContainerLogRequest request) throws Exception {
    containers.reopenLog(containers.require(request.getContainerId()).id());
    return ReopenContainerLogResponse.getDefaultInstance();
  }
}
