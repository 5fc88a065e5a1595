package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.UpdatePodSandboxResourcesRequest;
import io.jcri.cri.v1.UpdatePodSandboxResourcesResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.Resources;
import io.jcri.daemon.pod.PodResources;
import io.jcri.daemon.pod.Pods;

/**
 * {@code UpdatePodSandboxResources}: keeps what the pod is about to have: the kubelet asks before
 * it changes the pod's cgroup, gives the whole each time, and takes a refusal for the end of the
 * resize. A message that is absent leaves what was.
 */
final class UpdatePodSandboxResources
    implements Call<UpdatePodSandboxResourcesRequest, UpdatePodSandboxResourcesResponse> {
  private final Pods pods;

  UpdatePodSandboxResources(Pods pods) {
    this.pods = pods;
  }

  @Override
  public UpdatePodSandboxResourcesResponse handle(UpdatePodSandboxResourcesRequest request) {
    String id = pods.require(request.getPodSandboxId()).id();
    PodResources given =
        new PodResources(
            Resources.read(request.getOverhead(), "overhead."),
            Resources.readRemainder(request.getResources(), "resources."));
    pods.updateResources(
        id,
        now ->
            new PodResources(
                request.hasOverhead() ? given.overhead() : now.overhead(),
                request.hasResources() ? given.total() : now.total()));
    return UpdatePodSandboxResourcesResponse.getDefaultInstance();
  }
}
