package io.jcri.daemon.cri;

import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxResponse;
import io.jcri.daemon.pod.Pods;

/**
 * {@code RunPodSandbox}: creates and starts a pod-level sandbox; the sandbox is ready when this
 * returns. A call repeated while the first is at work gets the first one's result.
 */
final class RunPodSandbox implements Call<RunPodSandboxRequest, RunPodSandboxResponse> {
  private final PodConfigs configs;
  private final Pods pods;

  RunPodSandbox(PodConfigs configs, Pods pods) {
    this.configs = configs;
    this.pods = pods;
  }

  @Override
  public RunPodSandboxResponse handle(RunPodSandboxRequest request) {
    return RunPodSandboxResponse.newBuilder()
        .setPodSandboxId(pods.run(configs.read(request)))
        .build();
  }
}
