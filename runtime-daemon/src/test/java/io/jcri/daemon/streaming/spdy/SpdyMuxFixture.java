package io.jcri.daemon.streaming.spdy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The multiplexer behind its codec; the client is another codec. */
abstract class SpdyMuxFixture {
  final List<SpdyStream> opened = new ArrayList<>();
  final EmbeddedChannel server = new EmbeddedChannel();
  final ClientConnection connection = new ClientConnection(server);
  final SpdyMux mux =
      new SpdyMux(
          connection,
          stream -> {
            opened.add(stream);
            return stream.header("refuse").isEmpty();
          });
  final EmbeddedChannel client = new EmbeddedChannel(SpdyMux.codec());

  SpdyMuxFixture() {
    server.pipeline().addLast(SpdyMux.codec(), mux, connection);
  }

  void send(Object frame) {
    client.writeOutbound(frame);
    for (ByteBuf bytes; (bytes = client.readOutbound()) != null; ) {
      server.writeInbound(bytes);
    }
  }

  /** The next frame that the client gets; null when there is none. */
  @Nullable Object receive() {
    for (ByteBuf bytes; (bytes = server.readOutbound()) != null; ) {
      client.writeInbound(bytes);
    }
    return client.readInbound();
  }

  static DefaultSpdySynStreamFrame syn(int id, String... headers) {
    DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
    frame.headers().set("x", "y"); // an empty block is left out by the codec
    for (int i = 0; i < headers.length; i += 2) {
      frame.headers().set(headers[i], headers[i + 1]);
    }
    return frame;
  }

  static DefaultSpdyDataFrame data(int id, String text, boolean last) {
    DefaultSpdyDataFrame frame =
        new DefaultSpdyDataFrame(id, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    frame.setLast(last);
    return frame;
  }

  SpdyStream open(int id) {
    send(syn(id));
    assertThat(receive()).isInstanceOf(SpdySynReplyFrame.class);
    return opened.getLast();
  }

  void assertReset(int id, SpdyStreamStatus why) {
    assertThat(receive())
        .isInstanceOfSatisfying(
            SpdyRstStreamFrame.class,
            frame -> {
              assertThat(frame.streamId()).isEqualTo(id);
              assertThat(frame.status()).isEqualTo(why);
            });
  }
}
