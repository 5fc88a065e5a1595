package io.jcri.daemon.streaming.spdy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a client may make the server hold. */
class SpdyBoundsTest extends SpdyMuxFixture {

  @Test
  void oversizedHeadersEndTheConnection() {
    StringBuilder text = new StringBuilder();
    Random random = new Random(3);
    while (text.length() < 40_000) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    send(syn(1, "streamtype", text.toString()));
    assertThat(opened).isEmpty();
    assertThat(server.isOpen()).isFalse();
  }

  /** 4 MiB of one byte are a few KiB on the wire. */
  @Test
  void headersThatGrowWhenInflatedEndTheConnection() {
    EmbeddedChannel bomber =
        new EmbeddedChannel(
            new io.netty.handler.codec.spdy.SpdyFrameCodec(
                io.netty.handler.codec.spdy.SpdyVersion.SPDY_3_1));
    DefaultSpdySynStreamFrame bomb = syn(1);
    for (int i = 0; i < 70; i++) {
      bomb.headers().set("h" + i, "a".repeat(60_000));
    }
    bomber.writeOutbound(bomb);
    for (ByteBuf bytes; (bytes = bomber.readOutbound()) != null; ) {
      if (server.isOpen()) {
        server.writeInbound(bytes);
      }
    }
    assertThat(opened).isEmpty();
    assertThat(server.isOpen()).isFalse();
  }

  @Test
  void garbageEndsTheConnectionAndNothingElse() {
    for (int seed = 0; seed < 200; seed++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      ClientConnection its = new ClientConnection(channel);
      channel.pipeline().addLast(SpdyMux.codec(), new SpdyMux(its, _ -> true), its);
      byte[] garbage = new byte[2000];
      new Random(seed).nextBytes(garbage);
      garbage[0] = (byte) 0x80; // a control frame; all else would be data of some stream
      garbage[1] = 3;
      garbage[2] = 0;
      garbage[3] = (byte) (seed % 12);
      channel.writeInbound(Unpooled.wrappedBuffer(garbage));
      channel.checkException();
      var _ = channel.close();
    }
  }

  /** Netty's own codec asks for more whenever it has seen the end of what came. */
  @Test
  void theCodecDoesNotReadAConnectionThatIsNotToBeRead() {
    AtomicInteger reads = new AtomicInteger();
    server
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext context) {
                reads.incrementAndGet();
              }
            });
    open(1);
    String piece = "z".repeat(10_000);
    while (server.config().isAutoRead()) {
      send(data(1, piece, false));
    }
    reads.set(0);
    send(data(1, piece, false));
    assertThat(reads).hasValue(0);
    server.config().setAutoRead(true);
    assertThat(reads).hasValue(1);
  }

  @Test
  void unreadInputStopsTheReadingUntilItIsRead() throws IOException {
    SpdyStream stream = open(1);
    assertThat(server.config().isAutoRead()).isTrue();
    String piece = "z".repeat(10_000);
    int sent = 0;
    while (server.config().isAutoRead()) {
      send(data(1, piece, false));
      sent += piece.length();
      assertThat(sent).isLessThan(1 << 20);
    }
    byte[] all = stream.input().readNBytes(sent);
    assertThat(all).hasSize(sent);
    assertThat(server.config().isAutoRead()).isTrue();

    stream.ignoreInput();
    for (int i = 0; i < 100; i++) {
      send(data(1, piece, false));
    }
    assertThat(server.config().isAutoRead()).isTrue();
  }
}
