package io.jcri.daemon.cri;

import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PodSandboxStatusResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.system.Clock;

/**
 * {@code PodSandboxStatus}: NOT_FOUND for an unknown sandbox. The containers' statuses are always
 * there, so one call tells the kubelet all about a pod.
 */
final class PodSandboxStatus implements Call<PodSandboxStatusRequest, PodSandboxStatusResponse> {
  private final Pods pods;
  private final Containers containers;
  private final Clock clock;

  PodSandboxStatus(Pods pods, Containers containers, Clock clock) {
    this.pods = pods;
    this.containers = containers;
    this.clock = clock;
  }

  @Override
  public PodSandboxStatusResponse handle(PodSandboxStatusRequest request) {
    Pod pod = pods.require(request.getPodSandboxId());
    PodSandboxStatusResponse.Builder reply =
        PodSandboxStatusResponse.newBuilder()
            .setStatus(PodMessages.status(pod))
            .setTimestamp(clock.nanos());
    containers.ofPod(pod.id()).stream()
        .map(ContainerMessages::status)
        .forEach(reply::addContainersStatuses);
    if (request.getVerbose()) {
      reply.putAllInfo(VerboseInfo.ofPod(pod));
    }
    return reply.build();
  }
}
