package io.jcri.daemon.streaming.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebSocketMuxTest {
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final ClientConnection connection = new ClientConnection(server);

  private WebSocketMux mux(String protocol) {
    ChannelProtocol chosen =
        ChannelProtocol.choose(List.of(protocol), ChannelProtocol.COMMAND).orElseThrow();
    WebSocketMux mux = new WebSocketMux(connection, chosen, 5);
    server.pipeline().addLast(new ControlFrames(connection), mux, connection);
    return mux;
  }

  private void binary(int... bytes) {
    byte[] message = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      message[i] = (byte) bytes[i];
    }
    server.writeInbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)));
  }

  @Test
  void theClientsFirstKnownProtocolIsChosen() {
    assertThat(choose("v9.channel.k8s.io", "v4.channel.k8s.io", "v5.channel.k8s.io"))
        .isEqualTo("v4.channel.k8s.io");
    assertThat(choose("base64.channel.k8s.io")).isEqualTo("base64.channel.k8s.io");
    assertThat(choose()).isEmpty();
    assertThat(ChannelProtocol.choose(List.of("other"), ChannelProtocol.COMMAND)).isEmpty();
    assertThat(ChannelProtocol.choose(List.of("v5.channel.k8s.io"), ChannelProtocol.PORT_FORWARD))
        .isEmpty();
  }

  private static String choose(String... offered) {
    return ChannelProtocol.choose(List.of(offered), ChannelProtocol.COMMAND).orElseThrow().name();
  }

  @Test
  void theFirstByteIsTheChannel() throws IOException {
    WebSocketMux mux = mux("v4.channel.k8s.io");
    binary(0, 'h', 'i');
    binary(4, 'z');
    binary(); // nothing
    binary(9, 'x'); // of a newer protocol
    assertThat(mux.channel(0).input().readNBytes(2)).asString().isEqualTo("hi");
    assertThat(mux.channel(4).input().read()).isEqualTo('z');

    mux.channel(1).output().write("out".getBytes(StandardCharsets.UTF_8));
    BinaryWebSocketFrame frame = server.readOutbound();
    assertThat(frame.content().toString(StandardCharsets.ISO_8859_1)).isEqualTo("\u0001out");
  }

  @Test
  void onlyTheNewestProtocolEndsOneChannel() throws IOException {
    WebSocketMux mux = mux("v5.channel.k8s.io");
    binary(0, 'a');
    binary(255, 0);
    assertThat(mux.channel(0).input().readAllBytes()).asString().isEqualTo("a");
    assertThat(server.isOpen()).isTrue();
  }

  @Test
  void anOlderOneTakes255ForAChannelThatIsNotThere() {
    WebSocketMux mux = mux("v4.channel.k8s.io");
    binary(255, 0);
    binary(0, 'a');
    assertThat(mux.channel(0).input()).isNotNull();
    assertThat(server.isOpen()).isTrue();
  }

  @Test
  void aMalformedCloseSignalEndsTheConnection() {
    WebSocketMux mux = mux("v5.channel.k8s.io");
    binary(255, 7);
    assertThat(server.isOpen()).isFalse();
    assertThatThrownBy(() -> mux.channel(1).output().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void aCloseSignalOfNothingEndsTheConnection() {
    WebSocketMux ignored = mux("v5.channel.k8s.io");
    binary(255);
    assertThat(server.isOpen()).isFalse();
  }

  @Test
  void textCarriesBase64() throws IOException {
    WebSocketMux mux = mux("v4.base64.channel.k8s.io");
    server.writeInbound(new TextWebSocketFrame("0aGk="));
    assertThat(mux.channel(0).input().readNBytes(2)).asString().isEqualTo("hi");
    mux.channel(3).output().write("hi".getBytes(StandardCharsets.UTF_8));
    TextWebSocketFrame frame = server.readOutbound();
    assertThat(frame.text()).isEqualTo("3aGk=");

    server.writeInbound(new TextWebSocketFrame("0***"));
    assertThat(server.isOpen()).isFalse();
  }

  @Test
  void muchOutputIsCutIntoMessages() throws IOException {
    WebSocketMux mux = mux("v4.channel.k8s.io");
    mux.channel(1).output().write(new byte[100_000]);
    int got = 0;
    for (WebSocketFrame frame; (frame = server.readOutbound()) != null; ) {
      assertThat(frame.content().readableBytes()).isLessThanOrEqualTo(32 * 1024 + 1);
      got += frame.content().readableBytes() - 1;
    }
    assertThat(got).isEqualTo(100_000);
  }

  @Test
  void pingsAreAnsweredWithTheirContent() {
    WebSocketMux ignored = mux("v5.channel.k8s.io");
    server.writeInbound(
        new PingWebSocketFrame(Unpooled.copiedBuffer("beat", StandardCharsets.UTF_8)));
    PongWebSocketFrame pong = server.readOutbound();
    assertThat(pong.content().toString(StandardCharsets.UTF_8)).isEqualTo("beat");
  }

  @Test
  void aGoodbyeIsAnsweredAndNothingIsSentAfterIt() {
    WebSocketMux mux = mux("v5.channel.k8s.io");
    server.writeInbound(new CloseWebSocketFrame(1000, "bye"));
    CloseWebSocketFrame answer = server.readOutbound();
    assertThat(answer.statusCode()).isEqualTo(1000);
    assertThatThrownBy(() -> mux.channel(1).output().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void theAnswerToOurGoodbyeIsTakenAndNotAnswered() {
    WebSocketMux mux = mux("v5.channel.k8s.io");
    connection.finish(mux::goodbye);
    CloseWebSocketFrame ours = server.readOutbound();
    assertThat(ours.statusCode()).isEqualTo(1000);
    CloseWebSocketFrame theirs = new CloseWebSocketFrame(1000, "bye");
    server.writeInbound(theirs);
    assertThat(server.outboundMessages()).isEmpty();
    assertThat(theirs.refCnt()).as("its buffer is given back").isZero();
  }

  @Test
  void theConnectionsEndEndsAllChannels() throws IOException {
    WebSocketMux mux = mux("v5.channel.k8s.io");
    var _ = server.close();
    assertThat(mux.channel(0).input().read()).isEqualTo(-1);
    assertThatThrownBy(() -> mux.channel(1).output().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void aTunnelDoesNotKnowTheBoundsOfMessages() {
    EmbeddedChannel tunnel = new EmbeddedChannel(new SpdyTunnel());
    tunnel.writeInbound(
        new BinaryWebSocketFrame(Unpooled.copiedBuffer("a", StandardCharsets.UTF_8)));
    tunnel.writeInbound(new TextWebSocketFrame("no bytes"));
    ByteBuf bytes = tunnel.readInbound();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("a");
    assertThat(tunnel.inboundMessages()).isEmpty();
    tunnel.writeOutbound(Unpooled.copiedBuffer("b", StandardCharsets.UTF_8));
    BinaryWebSocketFrame frame = tunnel.readOutbound();
    assertThat(frame.content().toString(StandardCharsets.UTF_8)).isEqualTo("b");
  }
}
