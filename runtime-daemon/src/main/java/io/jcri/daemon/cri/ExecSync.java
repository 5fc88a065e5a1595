package io.jcri.daemon.cri;

import com.google.protobuf.UnsafeByteOperations;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.daemon.JcriException;
import io.jcri.daemon.JcriException.Kind;
import io.jcri.daemon.container.Containers;
import io.jcri.shim.ExecResult;
import java.time.Duration;

/**
 * {@code ExecSync}: runs a command in a container to its end. On timeout the command's whole
 * process tree is killed and the status is DEADLINE_EXCEEDED, as the kubelet's prober expects.
 */
final class ExecSync implements Call<ExecSyncRequest, ExecSyncResponse> {
  private final Containers containers;

  ExecSync(Containers containers) {
    this.containers = containers;
  }

  @Override
  public ExecSyncResponse handle(ExecSyncRequest request) throws Exception {
    if (request.getCmdCount() == 0) {
      throw JcriException.invalid("cmd must not be empty");
    }
    String id = containers.require(request.getContainerId()).id();
    Duration timeout = Seconds.of(request.getTimeout());
    ExecResult result = containers.execSync(id, request.getCmdList(), timeout);
    if (result.timedOut()) {
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          "command %s in container %s timed out after %d s"
              .formatted(request.getCmd(0), id, timeout.toSeconds()));
    }
    return ExecSyncResponse.newBuilder()
        .setStdout(UnsafeByteOperations.unsafeWrap(result.stdout()))
        .setStderr(UnsafeByteOperations.unsafeWrap(result.stderr()))
        .setExitCode(result.exitCode())
        .build();
  }
}
