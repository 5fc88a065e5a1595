package io.jcri.daemon.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection's time, by a clock of the test's. */
class ScrapesTest {
  private final Figures figures = new Figures(new QuietNode(), List.of());

  private static void pass(EmbeddedChannel channel, int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runPendingTasks();
  }

  @Test
  void whoSendsByteByByteIsCutAsWhoSendsNothing() {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpRequestDecoder(), new HttpObjectAggregator(16), new Scrapes(figures));
    for (byte one : "GET /m".getBytes(StandardCharsets.UTF_8)) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
      pass(channel, 14); // 84 seconds in all
      assertThat(channel.isOpen()).isTrue();
    }
    pass(channel, 7);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoAsksAgainInTimeStays() {
    EmbeddedChannel channel = new EmbeddedChannel(new Scrapes(figures));
    for (int i = 0; i < 5; i++) {
      pass(channel, 60);
      channel.writeInbound(
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/metrics"));
      FullHttpResponse answer = channel.readOutbound();
      assertThat(answer.status()).isEqualTo(HttpResponseStatus.OK);
      answer.release();
    }
    assertThat(channel.isOpen()).isTrue();
    pass(channel, 91);
    assertThat(channel.isOpen()).isFalse();
  }
}
