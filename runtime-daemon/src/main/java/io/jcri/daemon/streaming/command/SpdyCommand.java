package io.jcri.daemon.streaming.command;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;
import io.jcri.daemon.streaming.spdy.SpdyMux;
import io.jcri.daemon.streaming.spdy.SpdyStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gathers the streams that a SPDY client opens for a command, each with the header {@code
 * streamtype}, and starts the session with the last of them. Only the connection's thread is here.
 */
public final class SpdyCommand implements SpdyMux.Listener {
  /** The subprotocols, the newest first. */
  public static final List<String> PROTOCOLS =
      List.of("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ClientConnection connection;
  private final CommandStreams.Session session;
  private final boolean json;
  private final Set<String> missing = new HashSet<>();
  private final Map<String, SpdyStream> streams = new HashMap<>();
  private final SpdyMux mux;

  /**
   * Waits for the streams.
   *
   * @param protocol one of {@link #PROTOCOLS}
   */
  public SpdyCommand(
      ClientConnection connection,
      String protocol,
      CommandStreamsWanted wanted,
      CommandStreams.Session session) {
    this.connection = connection;
    this.session = session;
    int version = PROTOCOLS.size() - PROTOCOLS.indexOf(protocol);
    this.json = version >= 4;
    missing.add("error");
    addIf(wanted.stdin(), "stdin");
    addIf(wanted.stdout(), "stdout");
    addIf(CommandStreams.wantsStderr(wanted), "stderr");
    addIf(wanted.tty() && version >= 3, "resize");
    this.mux = new SpdyMux(connection, this);
  }

  private void addIf(boolean wanted, String type) {
    if (wanted) {
      missing.add(type);
    }
  }

  /** The handler for the connection's pipeline. */
  public SpdyMux mux() {
    return mux;
  }

  /** Gives up on a client that does not open its streams in time. */
  public void begin() {
    connection.later(
        PATIENCE,
        () -> {
          if (!missing.isEmpty()) {
            connection.cut("it did not open the streams " + missing);
          }
        });
  }

  @Override
  public boolean opened(SpdyStream stream) {
    String type = stream.header("streamtype").orElse("");
    if (!missing.remove(type)) {
      return false;
    }
    streams.put(type, stream);
    if (missing.isEmpty()) {
      session.run(gathered());
    }
    return true;
  }

  private CommandStreams gathered() {
    return new CommandStreams(
        connection,
        stream("stdin"),
        stream("stdout"),
        stream("stderr"),
        stream("error").orElseThrow(),
        stream("resize"),
        json,
        mux::goAway);
  }

  private Optional<ClientStream> stream(String type) {
    return Optional.ofNullable(streams.get(type));
  }
}
