package io.jcri.daemon.cri.stream;

import io.jcri.cri.v1.AttachRequest;
import io.jcri.cri.v1.AttachResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.daemon.streaming.request.StreamRequest;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;

/** {@code Attach}: "prepares a streaming endpoint to attach to a running container". */
final class Attach implements Call<AttachRequest, AttachResponse> {
  private final Containers containers;
  private final StreamingServer streaming;

  Attach(Containers containers, StreamingServer streaming) {
    this.containers = containers;
    this.streaming = streaming;
  }

  @Override
  public AttachResponse handle(AttachRequest request) {
    CommandStreamsWanted streams =
        Exec.checked(
            request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
    String id = containers.requireRunning(request.getContainerId(), "attach to").id();
    String url = streaming.url(new StreamRequest.Attach(id, streams));
    return AttachResponse.newBuilder().setUrl(url).build();
  }
}
