package io.jcri.daemon.streaming.portforward;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.request.StreamRequest.PortForward;
import io.jcri.daemon.streaming.spdy.SpdyMux;
import io.jcri.daemon.streaming.spdy.SpdyStream;
import io.jcri.daemon.system.HeapGuard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the streams that a SPDY client opens, two for each connection that it forwards: headers
 * {@code streamtype} (data, error), {@code port} and {@code requestid}. Old clients leave the last
 * one out and open the data stream right after the error stream. Only the connection's thread is
 * here.
 */
public final class SpdyPortForward implements SpdyMux.Listener {
  /** The one subprotocol. */
  public static final String PROTOCOL = "portforward.k8s.io";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private final ClientConnection connection;
  private final PortForward request;
  private final PodPorts ports;
  private final SpdyMux mux;

  /** Streams whose other half has not come, by request. */
  private final Map<String, SpdyStream> halves = new HashMap<>();

  public SpdyPortForward(ClientConnection connection, PortForward request, PodPorts ports) {
    this.connection = connection;
    this.request = request;
    this.ports = ports;
    this.mux = new SpdyMux(connection, this);
  }

  /** The handler for the connection's pipeline. */
  public SpdyMux mux() {
    return mux;
  }

  @Override
  public boolean opened(SpdyStream stream) {
    Optional<Integer> port = stream.header("port").flatMap(SpdyPortForward::port);
    String type = stream.header("streamtype").orElse("");
    boolean data = type.equals("data");
    if (port.isEmpty() || !(data || type.equals("error"))) {
      return false;
    }
    String key =
        stream.header("requestid").orElseGet(() -> "#" + (data ? stream.id() - 2 : stream.id()));
    @Nullable SpdyStream other = halves.remove(key);
    if (other == null) {
      halves.put(key, stream);
      connection.later(PATIENCE, () -> giveUp(key, stream));
      return true;
    }
    if (other.header("streamtype").equals(stream.header("streamtype"))) {
      halves.put(key, other);
      return false;
    }
    Forward forward = new Forward(ports, request.podId(), port.get(), LAST_WORDS);
    Thread.ofVirtual()
        .name("jcri-forward")
        .start(
            HeapGuard.expendable(
                "a port-forward",
                () -> forward.run(connection, data ? stream : other, data ? other : stream)));
    return true;
  }

  private void giveUp(String key, SpdyStream stream) {
    if (halves.remove(key, stream)) {
      stream.abort();
    }
  }

  private static Optional<Integer> port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port >= 1 && port <= 65535 ? Optional.of(port) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
