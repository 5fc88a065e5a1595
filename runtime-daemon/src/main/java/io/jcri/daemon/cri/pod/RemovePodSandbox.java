package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RemovePodSandboxResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import java.util.Optional;

/**
 * {@code RemovePodSandbox}: removes the sandbox; running containers in it are forcibly terminated
 * and removed. Idempotent: a sandbox that is unknown is no error.
 */
final class RemovePodSandbox implements Call<RemovePodSandboxRequest, RemovePodSandboxResponse> {
  private final Pods pods;
  private final Containers containers;

  RemovePodSandbox(Pods pods, Containers containers) {
    this.pods = pods;
    this.containers = containers;
  }

  @Override
  public RemovePodSandboxResponse handle(RemovePodSandboxRequest request) {
    Optional<Pod> pod = pods.find(request.getPodSandboxId());
    if (pod.isPresent()) {
      String id = pod.get().id();
      pods.markStopping(id);
      containers.removeAll(id);
      pods.remove(id);
    }
    return RemovePodSandboxResponse.getDefaultInstance();
  }
}
