package io.jcri.daemon.cri.checkpoint;

import io.jcri.cri.v1.CheckpointContainerRequest;
import io.jcri.cri.v1.CheckpointContainerResponse;
import io.jcri.daemon.checkpoint.Budget;
import io.jcri.daemon.checkpoint.Checkpoints;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.call.CallDeadline;
import java.nio.file.Path;
import java.time.Duration;

/**
 * {@code CheckpointContainer}: writes a running container's state to the archive at {@code
 * location}; it goes on. A timeout of zero means {@link #USUAL}; the call's own deadline counts
 * too.
 */
final class CheckpointContainer
    implements Call<CheckpointContainerRequest, CheckpointContainerResponse> {
  private static final Duration USUAL = Duration.ofMinutes(2);

  private final Checkpoints checkpoints;

  CheckpointContainer(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  @Override
  public Duration allowed(CheckpointContainerRequest request) {
    Duration limit =
        request.getTimeout() == 0
            ? USUAL
            : Duration.ofSeconds(
                Math.clamp(request.getTimeout(), 0, Duration.ofDays(1).toSeconds()));
    return CallDeadline.left().filter(d -> d.compareTo(limit) < 0).orElse(limit);
  }

  @Override
  public CheckpointContainerResponse handle(CheckpointContainerRequest request) {
    if (request.getLocation().isEmpty()) {
      throw JcriException.invalid("location must not be empty");
    }
    if (request.getTimeout() < 0) {
      throw JcriException.invalid("timeout must not be negative: " + request.getTimeout());
    }
    checkpoints.ofContainer(
        request.getContainerId(), Path.of(request.getLocation()), Budget.of(allowed(request)));
    return CheckpointContainerResponse.getDefaultInstance();
  }
}
