package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PodSandboxStatusResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.ContainerMessages;
import io.jcri.daemon.cri.message.PodMessages;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;

/**
 * {@code PodSandboxStatus}: NOT_FOUND for an unknown sandbox. The containers' statuses are always
 * there, so one call tells the kubelet all about a pod. The kubelet keeps whichever is newer, the
 * last event or this: the timestamp says that every event up to it is in here.
 */
final class PodSandboxStatus implements Call<PodSandboxStatusRequest, PodSandboxStatusResponse> {
  private final Pods pods;
  private final Containers containers;
  private final Events events;

  PodSandboxStatus(Pods pods, Containers containers, Events events) {
    this.pods = pods;
    this.containers = containers;
    this.events = events;
  }

  @Override
  public PodSandboxStatusResponse handle(PodSandboxStatusRequest request) {
    long time = events.now(); // before anything is looked at
    Pod pod = pods.require(request.getPodSandboxId());
    PodSandboxStatusResponse.Builder reply =
        PodSandboxStatusResponse.newBuilder()
            .setStatus(PodMessages.status(pod))
            .setTimestamp(time)
            .addAllContainersStatuses(ContainerMessages.statuses(containers.ofPod(pod.id())));
    if (request.getVerbose()) {
      reply.putAllInfo(VerboseInfo.ofPod(pod));
    }
    return reply.build();
  }
}
