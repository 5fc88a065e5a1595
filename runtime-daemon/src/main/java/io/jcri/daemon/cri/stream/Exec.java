package io.jcri.daemon.cri.stream;

import io.jcri.cri.v1.ExecRequest;
import io.jcri.cri.v1.ExecResponse;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.daemon.streaming.request.StreamRequest;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;

/**
 * {@code Exec}: "prepares a streaming endpoint to execute a command in the container". The command
 * starts when the client comes.
 */
final class Exec implements Call<ExecRequest, ExecResponse> {
  private final Containers containers;
  private final StreamingServer streaming;

  Exec(Containers containers, StreamingServer streaming) {
    this.containers = containers;
    this.streaming = streaming;
  }

  @Override
  public ExecResponse handle(ExecRequest request) {
    CommandStreamsWanted streams =
        checked(request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
    if (request.getCmdCount() == 0) {
      throw JcriException.invalid("cmd must not be empty");
    }
    String id = containers.requireRunning(request.getContainerId(), "run a command in").id();
    String url = streaming.url(new StreamRequest.Exec(id, request.getCmdList(), streams));
    return ExecResponse.newBuilder().setUrl(url).build();
  }

  /**
   * The streams that are wanted: "If `tty` is true, `stderr` MUST be false. Multiplexing is not
   * supported in this case", and "one of `stdin`, `stdout`, and `stderr` MUST be true".
   */
  static CommandStreamsWanted checked(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
    if (tty && stderr) {
      throw JcriException.invalid("tty and stderr cannot both be true");
    }
    if (!stdin && !stdout && !stderr) {
      throw JcriException.invalid("one of stdin, stdout and stderr must be true");
    }
    return new CommandStreamsWanted(stdin, stdout, stderr, tty);
  }
}
