package io.jcri.daemon.streaming.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SpdyCommandTest {
  private static final CommandStreamsWanted TERMINAL =
      new CommandStreamsWanted(true, true, false, true);

  private final List<CommandStreams> started = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int nextId = 1;

  /** Frames are made by hand: the codec has its own test. */
  private SpdyCommand command(String protocol, CommandStreamsWanted wanted) {
    ClientConnection connection = new ClientConnection(channel);
    SpdyCommand command = new SpdyCommand(connection, protocol, wanted, started::add);
    channel.pipeline().addLast(command.mux(), connection);
    command.begin();
    return command;
  }

  /** Returns whether the stream was accepted. */
  private boolean open(String type) {
    DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(nextId, 0, (byte) 0);
    nextId += 2;
    frame.headers().set("streamtype", type);
    channel.writeInbound(frame);
    Object answer = channel.readOutbound();
    assertThat(answer).isInstanceOfAny(SpdySynReplyFrame.class, SpdyRstStreamFrame.class);
    return answer instanceof SpdySynReplyFrame;
  }

  @Test
  void theSessionStartsWithTheLastOfItsStreams() {
    SpdyCommand ignored = command("v4.channel.k8s.io", TERMINAL);
    for (String type : List.of("error", "stdin", "stdout")) {
      assertThat(open(type)).isTrue();
      assertThat(started).isEmpty();
    }
    assertThat(open("resize")).isTrue();
    assertThat(started).hasSize(1);
    CommandStreams streams = started.getFirst();
    assertThat(streams.json()).isTrue();
    assertThat(streams.stdin()).isPresent();
    assertThat(streams.stdout()).isPresent();
    assertThat(streams.stderr()).isEmpty();
    assertThat(streams.resize()).isPresent();
  }

  @Test
  void streamsThatNobodyAskedForAreRefused() {
    SpdyCommand ignored =
        command("v4.channel.k8s.io", new CommandStreamsWanted(false, true, false, false));
    assertThat(open("stderr")).isFalse();
    assertThat(open("stdin")).isFalse();
    assertThat(open("nonsense")).isFalse();
    assertThat(open("error")).isTrue();
    assertThat(open("error")).isFalse();
    assertThat(open("stdout")).isTrue();
    assertThat(started).hasSize(1);
    assertThat(open("stdout")).isFalse();
    assertThat(started).hasSize(1);
  }

  @Test
  void olderProtocolsHaveTextAndTheOldestNoSizes() {
    SpdyCommand ignored = command("v2.channel.k8s.io", TERMINAL);
    assertThat(open("resize")).isFalse();
    for (String type : List.of("error", "stdin", "stdout")) {
      assertThat(open(type)).isTrue();
    }
    assertThat(started).singleElement().matches(streams -> !streams.json());
  }

  @Test
  void aClientThatOpensNoStreamsIsCutOff() {
    SpdyCommand ignored = command("v4.channel.k8s.io", TERMINAL);
    assertThat(open("error")).isTrue();
    channel.advanceTimeBy(29, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(2, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(started).isEmpty();
  }
}
