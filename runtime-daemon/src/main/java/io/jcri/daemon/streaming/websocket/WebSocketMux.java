package io.jcri.daemon.streaming.websocket;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The channels of one WebSocket; their number and directions are fixed by what it is for. */
public final class WebSocketMux extends ChannelInboundHandlerAdapter {
  private static final int CLOSE_SIGNAL = 255;

  private final ClientConnection connection;
  private final ChannelProtocol protocol;
  private final List<WebSocketChannel> channels = new ArrayList<>();

  public WebSocketMux(ClientConnection connection, ChannelProtocol protocol, int count) {
    this.connection = connection;
    this.protocol = protocol;
    for (int number = 0; number < count; number++) {
      channels.add(new WebSocketChannel(this, number));
    }
  }

  /** A channel by its number. What comes for one that nobody reads must be thrown away. */
  public WebSocketChannel channel(int number) {
    return channels.get(number);
  }

  /** Ends the WebSocket in good order, and with it all channels. */
  public ChannelFuture goodbye() {
    return connection
        .channel()
        .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
  }

  ClientConnection connection() {
    return connection;
  }

  /** A message for a channel. */
  WebSocketFrame message(int channel, byte[] data, int offset, int length) {
    if (protocol.base64()) {
      String text =
          Base64.getEncoder()
              .encodeToString(java.util.Arrays.copyOfRange(data, offset, offset + length));
      return new TextWebSocketFrame((char) ('0' + channel) + text);
    }
    ByteBuf message = connection.buffer(1 + length);
    message.writeByte(channel);
    message.writeBytes(data, offset, length);
    return new BinaryWebSocketFrame(message);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof TextWebSocketFrame || message instanceof BinaryWebSocketFrame) {
        received(((WebSocketFrame) message).content());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(ByteBuf message) {
    if (!message.isReadable()) {
      return;
    }
    int first = message.readUnsignedByte();
    if (protocol.closeSignal() && first == CLOSE_SIGNAL) {
      close(message);
      return;
    }
    int number = protocol.base64() ? first - '0' : first;
    if (number < 0 || number >= channels.size()) {
      return; // for a channel of a newer protocol
    }
    if (protocol.base64()) {
      try {
        byte[] data = Base64.getDecoder().decode(ByteBufUtil.getBytes(message));
        channels.get(number).received(Unpooled.wrappedBuffer(data));
      } catch (IllegalArgumentException e) {
        connection.cut("it sent malformed base64");
      }
      return;
    }
    channels.get(number).received(message);
  }

  private void close(ByteBuf message) {
    if (message.readableBytes() != 1
        || message.getUnsignedByte(message.readerIndex()) >= channels.size()) {
      connection.cut("it sent a malformed close signal");
      return;
    }
    channels.get(message.readUnsignedByte()).remoteEnded();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    channels.forEach(WebSocketChannel::gone);
    context.fireChannelInactive();
  }
}
