package io.jcri.daemon.cri.checkpoint;

import io.jcri.cri.v1.CheckpointPodRequest;
import io.jcri.cri.v1.CheckpointPodResponse;
import io.jcri.daemon.checkpoint.Budget;
import io.jcri.daemon.checkpoint.Checkpoints;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.call.CallDeadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;

/**
 * {@code CheckpointPod}: all selected containers are paused before any is captured, and go on
 * before this returns, whatever happens; on failure the output directory is empty again.
 */
final class CheckpointPod implements Call<CheckpointPodRequest, CheckpointPodResponse> {
  private final Checkpoints checkpoints;

  CheckpointPod(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  @Override
  public Duration allowed(CheckpointPodRequest request) {
    return CallDeadline.left().orElse(Duration.ZERO);
  }

  @Override
  public CheckpointPodResponse handle(CheckpointPodRequest request) {
    Budget budget = Budget.of(CallDeadline.require("CheckpointPod"));
    refuseOptions(request.getOptionsMap());
    checkpoints.ofPod(
        request.getPodSandboxId(),
        Path.of(request.getOutputPath()),
        request.getContainerIdsList(),
        budget);
    return CheckpointPodResponse.getDefaultInstance();
  }

  /** No runtime of this daemon has any. */
  static void refuseOptions(Map<String, String> options) {
    if (!options.isEmpty()) {
      throw JcriException.invalid("options are unknown: " + new TreeSet<>(options.keySet()));
    }
  }
}
