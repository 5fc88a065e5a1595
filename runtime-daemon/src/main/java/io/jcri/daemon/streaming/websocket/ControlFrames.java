package io.jcri.daemon.streaming.websocket;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/** Answers a client's pings and its goodbye; all other frames go on. */
public final class ControlFrames extends ChannelInboundHandlerAdapter {
  private final ClientConnection connection;

  public ControlFrames(ClientConnection connection) {
    this.connection = connection;
  }

  /** It answers ours, or is answered with itself. */
  private void goodbye(ChannelHandlerContext context, CloseWebSocketFrame close) {
    try {
      connection.finishSoon(() -> context.writeAndFlush(close.retain()));
    } finally {
      close.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    switch (message) {
      case PingWebSocketFrame ping ->
          connection.answer(context, new PongWebSocketFrame(ping.content()));
      case PongWebSocketFrame pong -> ReferenceCountUtil.release(pong);
      case CloseWebSocketFrame close -> goodbye(context, close);
      default -> context.fireChannelRead(message);
    }
  }
}
