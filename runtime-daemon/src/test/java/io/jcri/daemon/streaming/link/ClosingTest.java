package io.jcri.daemon.streaming.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The end of a connection whose client reads when it likes. */
class ClosingTest {
  private final Deque<ChannelPromise> unread = new ArrayDeque<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext here, Object message, ChannelPromise promise) {
              ReferenceCountUtil.release(message);
              unread.add(promise);
            }
          });
  private final ClientConnection connection = new ClientConnection(channel);

  ClosingTest() {
    channel.pipeline().addLast(connection);
  }

  private ChannelFuture goodbye() {
    return channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
  }

  private void pass(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void aClientThatReadsLateStillGetsAll() {
    connection.finish(this::goodbye);
    pass(3600);
    assertThat(channel.isOpen()).as("it has not got the goodbye yet").isTrue();
    unread.remove().setSuccess();
    pass(4);
    assertThat(channel.isOpen()).isTrue();
    pass(2);
    assertThat(channel.isOpen()).as("it got it and does not close").isFalse();
  }

  @Test
  void aClientThatSaidGoodbyeItselfNeedNotRead() {
    connection.finishSoon(this::goodbye);
    pass(6);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aGoodbyeThatCannotBeSaidIsTheEnd() {
    connection.finish(this::goodbye);
    unread.remove().setFailure(new java.io.IOException("reset"));
    assertThat(channel.isOpen()).isFalse();
  }
}
