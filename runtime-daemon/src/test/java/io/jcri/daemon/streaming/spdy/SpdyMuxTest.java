package io.jcri.daemon.streaming.spdy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySettingsFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The multiplexer behind its codec; the client is another codec. */
class SpdyMuxTest {
  private final List<SpdyStream> opened = new ArrayList<>();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final ClientConnection connection = new ClientConnection(server);
  private final SpdyMux mux =
      new SpdyMux(
          connection,
          stream -> {
            opened.add(stream);
            return stream.header("refuse").isEmpty();
          });
  private final EmbeddedChannel client = new EmbeddedChannel(SpdyMux.codec());

  SpdyMuxTest() {
    server.pipeline().addLast(SpdyMux.codec(), mux, connection);
  }

  private void send(Object frame) {
    client.writeOutbound(frame);
    for (ByteBuf bytes; (bytes = client.readOutbound()) != null; ) {
      server.writeInbound(bytes);
    }
  }

  /** The next frame that the client gets; null when there is none. */
  private @Nullable Object receive() {
    for (ByteBuf bytes; (bytes = server.readOutbound()) != null; ) {
      client.writeInbound(bytes);
    }
    return client.readInbound();
  }

  private static DefaultSpdySynStreamFrame syn(int id, String... headers) {
    DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
    frame.headers().set("x", "y"); // an empty block is left out by the codec
    for (int i = 0; i < headers.length; i += 2) {
      frame.headers().set(headers[i], headers[i + 1]);
    }
    return frame;
  }

  private static DefaultSpdyDataFrame data(int id, String text, boolean last) {
    DefaultSpdyDataFrame frame =
        new DefaultSpdyDataFrame(id, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    frame.setLast(last);
    return frame;
  }

  private SpdyStream open(int id) {
    send(syn(id));
    assertThat(receive()).isInstanceOf(SpdySynReplyFrame.class);
    return opened.getLast();
  }

  private void assertReset(int id, SpdyStreamStatus why) {
    assertThat(receive())
        .isInstanceOfSatisfying(
            SpdyRstStreamFrame.class,
            frame -> {
              assertThat(frame.streamId()).isEqualTo(id);
              assertThat(frame.status()).isEqualTo(why);
            });
  }

  @Test
  void aStreamIsOpenedWithItsHeadersAndAnswered() {
    send(syn(1, "streamtype", "stdin", "port", "80"));
    assertThat(opened).hasSize(1);
    assertThat(opened.getFirst().header("StreamType")).contains("stdin");
    assertThat(opened.getFirst().header("port")).contains("80");
    assertThat(opened.getFirst().header("none")).isEmpty();
    assertThat(receive())
        .isInstanceOfSatisfying(
            SpdySynReplyFrame.class,
            reply -> {
              assertThat(reply.streamId()).isEqualTo(1);
              assertThat(reply.headers().isEmpty()).isFalse();
            });
  }

  @Test
  void bothHalvesEndOnTheirOwn() throws IOException {
    SpdyStream stream = open(1);
    send(data(1, "some ", false));
    send(data(1, "input", true));
    assertThat(stream.input().readAllBytes()).asString().isEqualTo("some input");

    try (OutputStream output = stream.output()) {
      output.write("answer".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(receive())
        .isInstanceOfSatisfying(
            SpdyDataFrame.class,
            frame -> {
              assertThat(frame.content().toString(StandardCharsets.UTF_8)).isEqualTo("answer");
              assertThat(frame.isLast()).isFalse();
            });
    assertThat(receive())
        .isInstanceOfSatisfying(SpdyDataFrame.class, frame -> assertThat(frame.isLast()).isTrue());
    assertThatThrownBy(() -> stream.output().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void aStreamMayBeOpenedWithItsInputAtTheEnd() throws IOException {
    DefaultSpdySynStreamFrame frame = syn(1);
    frame.setLast(true);
    send(frame);
    assertThat(opened.getFirst().input().read()).isEqualTo(-1);
  }

  @Test
  void muchOutputIsCutIntoFrames() throws IOException {
    SpdyStream stream = open(1);
    byte[] much = new byte[100_000];
    new Random(7).nextBytes(much);
    stream.output().write(much);
    ByteBuf got = Unpooled.buffer();
    for (Object frame; (frame = receive()) != null; ) {
      ByteBuf content = ((SpdyDataFrame) frame).content();
      assertThat(content.readableBytes()).isLessThanOrEqualTo(SpdyMux.MOST_DATA);
      got.writeBytes(content);
    }
    byte[] bytes = new byte[got.readableBytes()];
    got.readBytes(bytes);
    assertThat(bytes).isEqualTo(much);
  }

  @Test
  void refusedStreamsAreReset() {
    send(syn(1, "refuse", "yes"));
    assertReset(1, SpdyStreamStatus.REFUSED_STREAM);
    open(3);
    send(syn(3));
    assertReset(3, SpdyStreamStatus.PROTOCOL_ERROR);
    send(syn(4));
    assertReset(4, SpdyStreamStatus.PROTOCOL_ERROR);
    open(5);
  }

  @Test
  void tooManyStreamsAreRefusedAndEndedOnesMakeRoom() throws IOException {
    int id = 1;
    for (int i = 0; i < 512; i++, id += 2) {
      open(id);
    }
    send(syn(id));
    assertReset(id, SpdyStreamStatus.REFUSED_STREAM);

    send(data(1, "", true));
    opened.getFirst().output().close();
    assertThat(receive()).isInstanceOf(SpdyDataFrame.class);
    send(new DefaultSpdyRstStreamFrame(3, SpdyStreamStatus.CANCEL));
    open(id + 2);
    open(id + 4);
    send(syn(id + 6));
    assertReset(id + 6, SpdyStreamStatus.REFUSED_STREAM);
  }

  @Test
  void aResetEndsReadsAndWrites() throws IOException {
    SpdyStream stream = open(1);
    send(data(1, "x", false));
    send(new DefaultSpdyRstStreamFrame(1, SpdyStreamStatus.CANCEL));
    assertThat(stream.input().read()).isEqualTo('x');
    assertThatThrownBy(() -> stream.input().read()).hasMessageContaining("broke the stream off");
    assertThatThrownBy(() -> stream.output().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void anAbortTellsTheClientOnce() {
    SpdyStream stream = open(1);
    stream.abort();
    stream.abort();
    assertReset(1, SpdyStreamStatus.CANCEL);
    assertThat(receive()).isNull();
  }

  @Test
  void pingsComeBackAndOursWouldNot() {
    send(new DefaultSpdyPingFrame(7));
    assertThat(receive())
        .isInstanceOfSatisfying(SpdyPingFrame.class, ping -> assertThat(ping.id()).isEqualTo(7));
    send(new DefaultSpdyPingFrame(8));
    assertThat(receive()).isNull();
  }

  @Test
  void framesOfNoConsequenceArePassedOver() throws IOException {
    SpdyStream stream = open(1);
    send(new DefaultSpdySettingsFrame().setValue(4, 100));
    send(new DefaultSpdyWindowUpdateFrame(1, 1000));
    send(data(99, "for nobody", true));
    send(new DefaultSpdyRstStreamFrame(99, SpdyStreamStatus.CANCEL));
    send(data(1, "still here", true));
    assertThat(stream.input().readAllBytes()).asString().isEqualTo("still here");
    assertThat(server.isOpen()).isTrue();
  }

  @Test
  void aGoodbyeOrTheEndOfTheConnectionEndsEverything() throws IOException {
    SpdyStream stream = open(1);
    List<String> told = new ArrayList<>();
    connection.onGone(() -> told.add("gone"));
    send(new DefaultSpdyGoAwayFrame(0));
    assertThat(server.isOpen()).isFalse();
    assertThat(stream.input().read()).isEqualTo(-1);
    assertThatThrownBy(() -> stream.output().write(1)).isInstanceOf(IOException.class);
    connection.onGone(() -> told.add("late"));
    assertThat(told).containsExactly("gone", "late");
  }

  @Test
  void ourGoodbyeNamesTheLastStream() {
    open(5);
    var _ = mux.goAway();
    assertThat(receive())
        .isInstanceOfSatisfying(
            SpdyGoAwayFrame.class, frame -> assertThat(frame.lastGoodStreamId()).isEqualTo(5));
  }

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
