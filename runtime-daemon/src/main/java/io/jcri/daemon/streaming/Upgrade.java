package io.jcri.daemon.streaming;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.spdy.SpdyMux;
import io.jcri.daemon.streaming.websocket.ControlFrames;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.util.List;

/** Turns a connection's pipeline from HTTP to what was agreed on. On the connection's thread. */
final class Upgrade {
  /** Where a SPDY client names the subprotocols it knows, and is told the chosen one. */
  static final String PROTOCOL_HEADER = "X-Stream-Protocol-Version";

  /** Bytes of one message of a client, which the kubelet's and kubectl's cut at 32 KiB. */
  private static final int MOST_MESSAGE = 1 << 20;

  private Upgrade() {}

  /** Answers that the connection is SPDY from here on. */
  static void spdy(
      ChannelHandlerContext gate, String protocol, SpdyMux mux, ClientConnection connection) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.UPGRADE, "SPDY/3.1")
        .set(PROTOCOL_HEADER, protocol);
    ChannelPipeline pipeline = gate.pipeline();
    pipeline.addLast(SpdyMux.codec(), mux, connection);
    var _ = gate.writeAndFlush(response);
    pipeline.remove(gate.handler());
    pipeline.remove(HttpObjectAggregator.class);
    pipeline.remove(HttpServerCodec.class);
  }

  /**
   * Answers that the connection is a WebSocket from here on.
   *
   * @param protocol the chosen subprotocol, or empty
   * @param handlers what follows the WebSocket's frames, before the connection itself
   * @param then run when the client has been told
   */
  static void webSocket(
      ChannelHandlerContext gate,
      FullHttpRequest request,
      String protocol,
      List<? extends ChannelHandler> handlers,
      ClientConnection connection,
      Runnable then) {
    if (protocol.isEmpty()) {
      request.headers().remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
    } else {
      request.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(MOST_MESSAGE).build();
    var handshaker =
        new WebSocketServerHandshaker13("", protocol.isEmpty() ? null : protocol, config);
    handshaker
        .handshake(gate.channel(), request, new DefaultHttpHeaders(), gate.newPromise())
        .addListener(done -> {
          if (done.isSuccess()) {
            takeOver(gate, handlers, connection);
            then.run();
          } else {
            connection.cut("handshake failed: " + done.cause().getMessage());
          }
        });
  }

  /** Not before the answer has passed: the handlers know no HTTP. */
  private static void takeOver(
      ChannelHandlerContext gate,
      List<? extends ChannelHandler> handlers,
      ClientConnection connection) {
    ChannelPipeline pipeline = gate.pipeline();
    pipeline.addLast(new WebSocketFrameAggregator(MOST_MESSAGE), new ControlFrames(connection));
    handlers.forEach(handler -> pipeline.addLast(handler));
    pipeline.addLast(connection);
    pipeline.remove(gate.handler());
  }
}
