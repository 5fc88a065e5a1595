package io.jcri.daemon.cri.stream;

import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.streaming.StreamingServer;

/** Commands in containers, and what a client gets a URL for. */
public record SessionCalls(Pods pods, Containers containers, StreamingServer streaming)
    implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    table
        .own(RuntimeServiceGrpc.getExecSyncMethod(), new ExecSync(containers)::answer)
        .unary(RuntimeServiceGrpc.getExecMethod(), new Exec(containers, streaming))
        .unary(RuntimeServiceGrpc.getAttachMethod(), new Attach(containers, streaming))
        .unary(RuntimeServiceGrpc.getPortForwardMethod(), new PortForward(pods, streaming));
  }
}
