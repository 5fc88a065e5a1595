package io.jcri.daemon.streaming.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Carries the bytes of a SPDY connection in the binary messages of a WebSocket, whose bounds mean
 * nothing ({@code SPDY/3.1+portforward.k8s.io}).
 */
public final class SpdyTunnel extends ChannelDuplexHandler {
  /** The subprotocol of a tunnelled port-forward. */
  public static final String PORT_FORWARD = "SPDY/3.1+portforward.k8s.io";

  @Override
  public void channelRead(ChannelHandlerContext here, Object message) {
    if (message instanceof BinaryWebSocketFrame frame) {
      here.fireChannelRead(frame.content());
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void write(ChannelHandlerContext here, Object message, ChannelPromise promise) {
    var _ =
        here.write(
            message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message, promise);
  }
}
