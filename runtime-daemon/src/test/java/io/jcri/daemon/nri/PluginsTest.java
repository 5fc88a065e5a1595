package io.jcri.daemon.nri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.nri.ttrpc.Peer;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PluginsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(1);

  private final Plugins plugins = new Plugins();
  private final SocketChannel channel;
  private final Plugin plugin;

  PluginsTest() throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Peer peer = new Peer(channel, (method, request) -> request, _ -> {});
    plugin = new Plugin(peer, "10", "test", Plugin.ALL_EVENTS, LONG);
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
  }

  /** What ends while a plugin is told that it is there must not take the short way past it. */
  @Test
  void aPluginCountsFromBeforeItIsToldOfWhatThereIs() throws Exception {
    assertThat(plugins.isEmpty()).isTrue();
    boolean meanwhile = plugins.join(plugin, LONG, p -> plugins.isEmpty());
    assertThat(meanwhile).isFalse();
    assertThat(plugins.connected()).containsExactly(plugin);
    assertThat(plugins.isEmpty()).isFalse();
  }

  @Test
  void whoIsNotLetInDoesNotCount() {
    assertThatThrownBy(() ->
            plugins.join(
                plugin,
                LONG,
                p -> {
                  throw TtrpcException.answered(TtrpcException.UNKNOWN, "no");
                }))
        .hasMessage("no");
    assertThat(plugins.isEmpty()).isTrue();
  }

  /** New steps wait behind a plugin that joins, and must not for as long as one that hangs. */
  @Test
  void aStepThatHangsKeepsAPluginOutAndNoOtherStep() throws Exception {
    CountDownLatch under = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread hanging =
        Thread.ofVirtual()
            .start(() -> {
              plugins.enterStep();
              under.countDown();
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                plugins.leaveStep();
              }
            });
    under.await();
    assertThatThrownBy(() -> plugins.join(plugin, SHORT, p -> true))
        .isInstanceOf(TtrpcException.class)
        .hasMessageContaining("longer than 1 ms");
    plugins.enterStep();
    plugins.leaveStep();
    end.countDown();
    hanging.join();
    String told = plugins.join(plugin, LONG, Plugin::name);
    assertThat(told).isEqualTo("10-test");
  }
}
