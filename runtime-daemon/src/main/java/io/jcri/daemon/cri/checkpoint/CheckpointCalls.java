package io.jcri.daemon.cri.checkpoint;

import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.checkpoint.CheckpointSetup;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.runtime.Handlers;

/** Checkpoints, and pods that are made of them. */
public record CheckpointCalls(Handlers handlers, CheckpointSetup checkpoints) implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    table
        .unary(
            RuntimeServiceGrpc.getCheckpointContainerMethod(),
            new CheckpointContainer(checkpoints.checkpoints()))
        .unary(
            RuntimeServiceGrpc.getCheckpointPodMethod(),
            new CheckpointPod(checkpoints.checkpoints()))
        .unary(
            RuntimeServiceGrpc.getRestorePodMethod(),
            new RestorePod(handlers, checkpoints.restore()));
  }
}
