package io.jcri.daemon.streaming;

import io.jcri.daemon.streaming.command.CommandSessions;
import io.jcri.daemon.streaming.command.CommandStreams;
import io.jcri.daemon.streaming.command.SpdyCommand;
import io.jcri.daemon.streaming.command.WebSocketCommand;
import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.portforward.PodPorts;
import io.jcri.daemon.streaming.portforward.SpdyPortForward;
import io.jcri.daemon.streaming.portforward.WebSocketPortForward;
import io.jcri.daemon.streaming.request.StreamRequest;
import io.jcri.daemon.streaming.request.StreamRequest.Attach;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;
import io.jcri.daemon.streaming.request.StreamRequest.Exec;
import io.jcri.daemon.streaming.request.StreamRequest.PortForward;
import io.jcri.daemon.streaming.websocket.ChannelProtocol;
import io.jcri.daemon.streaming.websocket.SpdyTunnel;
import io.jcri.daemon.system.HeapGuard;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which session runs over which protocol. Sessions run on virtual threads; what is here runs on the
 * connection's.
 */
final class SessionStarter {
  private static final Logger log = LoggerFactory.getLogger(SessionStarter.class);

  private final CommandSessions commands;
  private final PodPorts ports;

  SessionStarter(CommandSessions commands, PodPorts ports) {
    this.commands = commands;
    this.ports = ports;
  }

  /** The subprotocols that are served over SPDY, the newest first. */
  static List<String> spdyProtocols(boolean portForward) {
    return portForward ? List.of(SpdyPortForward.PROTOCOL) : SpdyCommand.PROTOCOLS;
  }

  /** Upgrades to SPDY; false when none of the client's subprotocols is served. */
  boolean spdy(ChannelHandlerContext gate, StreamRequest request, List<String> offered) {
    List<String> served = spdyProtocols(request instanceof PortForward);
    Optional<String> protocol = offered.stream().filter(served::contains).findFirst();
    if (protocol.isEmpty()) {
      return false;
    }
    ClientConnection connection = new ClientConnection(gate.channel());
    switch (request) {
      case Exec exec ->
          command(
              gate,
              protocol.get(),
              connection,
              exec.streams(),
              streams -> begin(connection, "exec", () -> commands.run(exec, streams)));
      case Attach attach ->
          command(
              gate,
              protocol.get(),
              connection,
              attach.streams(),
              streams -> begin(connection, "attach", () -> commands.run(attach, streams)));
      case PortForward forward ->
          Upgrade.spdy(
              gate,
              protocol.get(),
              new SpdyPortForward(connection, forward, ports).mux(),
              connection);
    }
    return true;
  }

  private static void command(
      ChannelHandlerContext gate,
      String protocol,
      ClientConnection connection,
      CommandStreamsWanted wanted,
      CommandStreams.Session session) {
    SpdyCommand command = new SpdyCommand(connection, protocol, wanted, session);
    Upgrade.spdy(gate, protocol, command.mux(), connection);
    command.begin();
  }

  /** Upgrades to a WebSocket; false when none of the client's subprotocols is served. */
  boolean webSocket(
      ChannelHandlerContext gate,
      FullHttpRequest http,
      StreamRequest request,
      List<String> offered) {
    if (request instanceof PortForward forward && offered.contains(SpdyTunnel.PORT_FORWARD)) {
      tunnel(gate, http, forward);
      return true;
    }
    Optional<ChannelProtocol> protocol =
        ChannelProtocol.choose(
            offered,
            request instanceof PortForward
                ? ChannelProtocol.PORT_FORWARD
                : ChannelProtocol.COMMAND);
    if (protocol.isEmpty()) {
      return false;
    }
    switch (request) {
      case Exec exec ->
          command(
              gate, http, protocol.get(), exec.streams(), streams -> commands.run(exec, streams));
      case Attach attach ->
          command(
              gate,
              http,
              protocol.get(),
              attach.streams(),
              streams -> commands.run(attach, streams));
      case PortForward forward -> {
        int channels = 2 * forward.ports().size();
        if (channels == 0 || channels > protocol.get().mostChannels()) {
          return false;
        }
        forward(gate, http, protocol.get(), forward);
      }
    }
    return true;
  }

  private void tunnel(ChannelHandlerContext gate, FullHttpRequest http, PortForward forward) {
    ClientConnection connection = new ClientConnection(gate.channel());
    Upgrade.webSocket(
        gate,
        http,
        SpdyTunnel.PORT_FORWARD,
        List.of(
            new SpdyTunnel(),
            io.jcri.daemon.streaming.spdy.SpdyMux.codec(),
            new SpdyPortForward(connection, forward, ports).mux()),
        connection,
        () -> {});
  }

  private static void command(
      ChannelHandlerContext gate,
      FullHttpRequest http,
      ChannelProtocol protocol,
      CommandStreamsWanted wanted,
      CommandStreams.Session session) {
    ClientConnection connection = new ClientConnection(gate.channel());
    WebSocketCommand command = new WebSocketCommand(connection, protocol, wanted);
    Upgrade.webSocket(
        gate,
        http,
        protocol.name(),
        List.of(command.mux()),
        connection,
        () -> begin(connection, "command", () -> session.run(command.open())));
  }

  private void forward(
      ChannelHandlerContext gate,
      FullHttpRequest http,
      ChannelProtocol protocol,
      PortForward request) {
    ClientConnection connection = new ClientConnection(gate.channel());
    var forward = new WebSocketPortForward(connection, protocol, request, ports);
    Upgrade.webSocket(
        gate,
        http,
        protocol.name(),
        List.of(forward.mux()),
        connection,
        () -> begin(connection, "portforward", forward::run));
  }

  private interface Work {
    void run() throws IOException;
  }

  /** One that runs out of memory leaves no client waiting. */
  private static void begin(ClientConnection connection, String kind, Work work) {
    Thread.ofVirtual()
        .name("jcri-session-" + kind)
        .start(
            HeapGuard.expendable(
                "a session of kind " + kind,
                () -> {
                  try {
                    work.run();
                  } catch (IOException e) {
                    log.debug("session {} ended before it began: {}", kind, e.getMessage());
                  } catch (OutOfMemoryError e) {
                    connection.cut("out of memory");
                    throw e;
                  }
                }));
  }
}
