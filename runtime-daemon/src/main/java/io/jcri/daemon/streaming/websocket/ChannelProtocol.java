package io.jcri.daemon.streaming.websocket;

import java.util.List;
import java.util.Optional;

/**
 * How messages of a WebSocket carry channels: a byte for the channel's number (a digit and base64
 * in text), then data.
 *
 * @param name the subprotocol, empty when the client asks for none
 * @param base64 for clients that know only text
 * @param json whether the error channel carries a status with the exit code, or only text
 * @param closeSignal whether the client may end one channel (the message 255, number)
 */
public record ChannelProtocol(String name, boolean base64, boolean json, boolean closeSignal) {
  /** For commands, the newest first. */
  public static final List<ChannelProtocol> COMMAND =
      List.of(
          new ChannelProtocol("v5.channel.k8s.io", false, true, true),
          new ChannelProtocol("v4.channel.k8s.io", false, true, false),
          new ChannelProtocol("v4.base64.channel.k8s.io", true, true, false),
          new ChannelProtocol("channel.k8s.io", false, false, false),
          new ChannelProtocol("base64.channel.k8s.io", true, false, false),
          new ChannelProtocol("", false, false, false));

  /** For port-forwards. */
  public static final List<ChannelProtocol> PORT_FORWARD =
      List.of(
          new ChannelProtocol("v4.channel.k8s.io", false, false, false),
          new ChannelProtocol("v4.base64.channel.k8s.io", true, false, false),
          new ChannelProtocol("", false, false, false));

  /** The first of the client's subprotocols that is among these; none asked for is "". */
  public static Optional<ChannelProtocol> choose(
      List<String> clients, List<ChannelProtocol> offered) {
    return (clients.isEmpty() ? List.of("") : clients)
        .stream()
            .flatMap(name -> offered.stream().filter(protocol -> protocol.name.equals(name)))
            .findFirst();
  }

  /** How many channels its numbers can tell apart: 255 is the close signal, digits are ASCII. */
  public int mostChannels() {
    return base64 ? 79 : 255;
  }
}
