package io.jcri.daemon.cri.node;

import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.sandbox.cgroup.CgroupDriver;

/** What is asked of the node itself. */
public record NodeCalls(
    PodNetworks networks, Handlers handlers, VerboseInfo info, CgroupDriver driver)
    implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    table
        .unary(RuntimeServiceGrpc.getVersionMethod(), new Version())
        .unary(RuntimeServiceGrpc.getStatusMethod(), new Status(networks, handlers, info))
        .unary(RuntimeServiceGrpc.getRuntimeConfigMethod(), new RuntimeConfig(driver))
        .unary(
            RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(), new UpdateRuntimeConfig(networks));
  }
}
