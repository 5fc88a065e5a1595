package io.jcri.daemon.streaming.request;

import java.util.List;

/** What a URL stands for; checked when it was handed out. */
public sealed interface StreamRequest {
  /** The first part of the URL's path. */
  default String kind() {
    return switch (this) {
      case Exec _ -> "exec";
      case Attach _ -> "attach";
      case PortForward _ -> "portforward";
    };
  }

  /** A command in a container ({@code ExecRequest}). */
  record Exec(String containerId, List<String> command, CommandStreamsWanted streams)
      implements StreamRequest {
    public Exec {
      command = List.copyOf(command);
    }
  }

  /** The container's own streams ({@code AttachRequest}). */
  record Attach(String containerId, CommandStreamsWanted streams) implements StreamRequest {}

  /**
   * Ports of a pod ({@code PortForwardRequest}).
   *
   * @param ports what a WebSocket with channels forwards; SPDY clients name theirs stream by stream
   */
  record PortForward(String podId, List<Integer> ports) implements StreamRequest {
    public PortForward {
      ports = List.copyOf(ports);
    }
  }

  /** Which streams the client takes; with a terminal there is no stderr. */
  record CommandStreamsWanted(boolean stdin, boolean stdout, boolean stderr, boolean tty) {}
}
