package io.jcri.daemon.streaming.command;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;
import io.jcri.daemon.streaming.websocket.ChannelProtocol;
import io.jcri.daemon.streaming.websocket.WebSocketChannel;
import io.jcri.daemon.streaming.websocket.WebSocketMux;
import java.io.IOException;
import java.util.Optional;

/** The five channels of a command: stdin, stdout, stderr, error and resize, by these numbers. */
public final class WebSocketCommand {
  private static final int CHANNELS = 5;

  private final ClientConnection connection;
  private final WebSocketMux mux;
  private final boolean json;
  private final CommandStreamsWanted wanted;

  public WebSocketCommand(
      ClientConnection connection, ChannelProtocol protocol, CommandStreamsWanted wanted) {
    this.connection = connection;
    this.mux = new WebSocketMux(connection, protocol, CHANNELS);
    this.json = protocol.json();
    this.wanted = wanted;
  }

  /** The handler for the connection's pipeline. */
  public WebSocketMux mux() {
    return mux;
  }

  /**
   * The streams. The first message, empty and on the lowest channel that the client reads, tells it
   * that the session is there.
   */
  public CommandStreams open() throws IOException {
    Optional<ClientStream> stdin = channel(0, wanted.stdin());
    Optional<ClientStream> stdout = channel(1, wanted.stdout());
    Optional<ClientStream> stderr = channel(2, CommandStreams.wantsStderr(wanted));
    WebSocketChannel error = mux.channel(3);
    Optional<ClientStream> resize = channel(4, wanted.tty());
    int lowest = stdout.isPresent() ? 1 : stderr.isPresent() ? 2 : 3;
    mux.channel(lowest).announce();
    return new CommandStreams(connection, stdin, stdout, stderr, error, resize, json, mux::goodbye);
  }

  private Optional<ClientStream> channel(int number, boolean used) {
    WebSocketChannel channel = mux.channel(number);
    if (!used) {
      channel.abort();
      return Optional.empty();
    }
    return Optional.of(channel);
  }
}
