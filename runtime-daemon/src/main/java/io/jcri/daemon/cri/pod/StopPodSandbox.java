package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.cri.v1.StopPodSandboxResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import java.util.Optional;

/**
 * {@code StopPodSandbox}: ends every process of the sandbox and reclaims its network. Idempotent: a
 * sandbox that is stopped or unknown is no error.
 */
final class StopPodSandbox implements Call<StopPodSandboxRequest, StopPodSandboxResponse> {
  private final Pods pods;
  private final Containers containers;

  StopPodSandbox(Pods pods, Containers containers) {
    this.pods = pods;
    this.containers = containers;
  }

  @Override
  public StopPodSandboxResponse handle(StopPodSandboxRequest request) {
    Optional<Pod> pod = pods.find(request.getPodSandboxId());
    if (pod.isPresent()) {
      String id = pod.get().id();
      pods.markStopping(id);
      containers.killAll(id);
      pods.stop(id);
    }
    return StopPodSandboxResponse.getDefaultInstance();
  }
}
