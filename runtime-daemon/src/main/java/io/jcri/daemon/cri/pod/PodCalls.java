package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;

/** The calls on pods. */
public record PodCalls(Handlers handlers, Pods pods, Containers containers, Events events)
    implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    table
        .unary(RuntimeServiceGrpc.getRunPodSandboxMethod(), new RunPodSandbox(handlers, pods))
        .unary(RuntimeServiceGrpc.getStopPodSandboxMethod(), new StopPodSandbox(pods, containers))
        .unary(
            RuntimeServiceGrpc.getRemovePodSandboxMethod(), new RemovePodSandbox(pods, containers))
        .unary(
            RuntimeServiceGrpc.getPodSandboxStatusMethod(),
            new PodSandboxStatus(pods, containers, events))
        .unary(RuntimeServiceGrpc.getListPodSandboxMethod(), new ListPodSandbox(pods))
        .stream(RuntimeServiceGrpc.getStreamPodSandboxesMethod(), new StreamPodSandboxes(pods))
        .unary(
            RuntimeServiceGrpc.getUpdatePodSandboxResourcesMethod(),
            new UpdatePodSandboxResources(pods));
  }
}
