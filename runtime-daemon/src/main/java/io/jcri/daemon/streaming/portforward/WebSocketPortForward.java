package io.jcri.daemon.streaming.portforward;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.request.StreamRequest.PortForward;
import io.jcri.daemon.streaming.websocket.ChannelProtocol;
import io.jcri.daemon.streaming.websocket.WebSocketMux;
import io.jcri.daemon.system.HeapGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A port-forward over the channels of a WebSocket: two for each port, data then error, and one
 * connection to each. The first message of each channel is its port, 16 bits with the low byte
 * first. The WebSocket ends with the last of the connections.
 */
public final class WebSocketPortForward {
  /** No message ends a client's half, and all connections wait for the last one's end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final ClientConnection connection;
  private final PortForward request;
  private final PodPorts ports;
  private final WebSocketMux mux;

  public WebSocketPortForward(
      ClientConnection connection, ChannelProtocol protocol, PortForward request, PodPorts ports) {
    this.connection = connection;
    this.request = request;
    this.ports = ports;
    this.mux = new WebSocketMux(connection, protocol, 2 * request.ports().size());
  }

  /** The handler for the connection's pipeline. */
  public WebSocketMux mux() {
    return mux;
  }

  /** Forwards until all connections have ended. */
  public void run() throws IOException {
    List<Thread> forwards = new ArrayList<>();
    for (int i = 0; i < request.ports().size(); i++) {
      int port = request.ports().get(i);
      var data = mux.channel(2 * i);
      var error = mux.channel(2 * i + 1);
      byte[] announcement = {(byte) port, (byte) (port >> 8)};
      data.output().write(announcement);
      error.output().write(announcement);
      Forward forward = new Forward(ports, request.podId(), port, LAST_WORDS);
      forwards.add(
          Thread.ofVirtual()
              .name("jcri-forward")
              .start(
                  HeapGuard.expendable(
                      "a port-forward", () -> forward.run(connection, data, error))));
    }
    try {
      for (Thread forward : forwards) {
        forward.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connection.finish(mux::goodbye);
  }
}
