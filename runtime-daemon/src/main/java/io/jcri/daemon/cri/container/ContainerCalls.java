package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.pod.Pods;

/** The calls on containers. */
public record ContainerCalls(Pods pods, Containers containers, VerboseInfo info)
    implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    table
        .unary(RuntimeServiceGrpc.getCreateContainerMethod(), new CreateContainer(pods, containers))
        .unary(RuntimeServiceGrpc.getStartContainerMethod(), new StartContainer(containers))
        .unary(RuntimeServiceGrpc.getStopContainerMethod(), new StopContainer(containers))
        .unary(RuntimeServiceGrpc.getRemoveContainerMethod(), new RemoveContainer(containers))
        .unary(RuntimeServiceGrpc.getContainerStatusMethod(), new ContainerStatus(containers, info))
        .unary(RuntimeServiceGrpc.getListContainersMethod(), new ListContainers(containers))
        .stream(RuntimeServiceGrpc.getStreamContainersMethod(), new StreamContainers(containers))
        .unary(RuntimeServiceGrpc.getReopenContainerLogMethod(), new ReopenContainerLog(containers))
        .unary(
            RuntimeServiceGrpc.getUpdateContainerResourcesMethod(),
            new UpdateContainerResources(containers));
  }
}
