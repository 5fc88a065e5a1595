package io.jcri.daemon.cri.checkpoint;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.cri.v1.RestoredContainer;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.daemon.checkpoint.Budget;
import io.jcri.daemon.checkpoint.PodRestore;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.call.CallDeadline;
import io.jcri.daemon.cri.container.ContainerConfigs;
import io.jcri.daemon.cri.pod.PodConfigs;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.runtime.Handlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code RestorePod}: a pod from a checkpoint; every container returned is created and has not run,
 * {@code StartContainer} lets it continue. On failure nothing of it is left.
 */
final class RestorePod implements Call<RestorePodRequest, RestorePodResponse> {
  private final Handlers handlers;
  private final PodRestore restore;

  RestorePod(Handlers handlers, PodRestore restore) {
    this.handlers = handlers;
    this.restore = restore;
  }

  @Override
  public Duration allowed(RestorePodRequest request) {
    return CallDeadline.left().orElse(Duration.ZERO);
  }

  @Override
  public RestorePodResponse handle(RestorePodRequest request) {
    Budget budget = Budget.of(CallDeadline.require("RestorePod"));
    CheckpointPod.refuseOptions(request.getOptionsMap());
    PodConfig pod =
        new PodConfigs(handlers.defaultName(), handlers.names())
            .read(
                RunPodSandboxRequest.newBuilder()
                    .setConfig(request.getConfig())
                    .setRuntimeHandler(request.getRuntimeHandler())
                    .build());
    List<io.jcri.daemon.container.ContainerConfig> containers =
        request.getContainerConfigsList().stream().map(config -> read(request, config)).toList();
    PodRestore.Restored restored =
        restore.restore(Path.of(request.getCheckpointPath()), pod, containers, budget);
    RestorePodResponse.Builder reply =
        RestorePodResponse.newBuilder().setPodSandboxId(restored.podId());
    restored
        .containerIds()
        .forEach((name, id) ->
            reply.addRestoredContainers(
                RestoredContainer.newBuilder().setName(name).setContainerId(id)));
    return reply.build();
  }

  /** Each is checked as the same container's creation would be. */
  private static io.jcri.daemon.container.ContainerConfig read(
      RestorePodRequest request, ContainerConfig config) {
    return ContainerConfigs.read(
        CreateContainerRequest.newBuilder()
            .setConfig(config)
            .setSandboxConfig(request.getConfig())
            .build());
  }
}
