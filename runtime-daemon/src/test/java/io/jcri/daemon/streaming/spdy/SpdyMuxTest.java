package io.jcri.daemon.streaming.spdy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySettingsFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What streams are to both sides. */
class SpdyMuxTest extends SpdyMuxFixture {

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
}
