package io.jcri.daemon.cri.stream;

import io.jcri.cri.v1.PortForwardRequest;
import io.jcri.cri.v1.PortForwardResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.daemon.streaming.request.StreamRequest;

/** {@code PortForward}: "prepares a streaming endpoint to forward ports from a PodSandbox". */
final class PortForward implements Call<PortForwardRequest, PortForwardResponse> {
  private static final int MOST_PORT = 65535;

  private final Pods pods;
  private final StreamingServer streaming;

  PortForward(Pods pods, StreamingServer streaming) {
    this.pods = pods;
    this.streaming = streaming;
  }

  @Override
  public PortForwardResponse handle(PortForwardRequest request) {
    for (int port : request.getPortList()) {
      if (port < 1 || port > MOST_PORT) {
        throw JcriException.invalid("port %d is not between 1 and %d".formatted(port, MOST_PORT));
      }
    }
    Pod pod = pods.require(request.getPodSandboxId());
    if (!pod.ready()) {
      throw JcriException.precondition("pod sandbox " + pod.id() + " is not ready");
    }
    String url = streaming.url(new StreamRequest.PortForward(pod.id(), request.getPortList()));
    return PortForwardResponse.newBuilder().setUrl(url).build();
  }
}
