package io.jcri.daemon.nri.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.budget.SharedBudget;
import io.jcri.nri.v1alpha1.Ttrpc;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final byte[] ASK = "ask".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private ServerSocketChannel server;
  private SocketChannel other;
  private Peer peer;
  private final CountDownLatch closed = new CountDownLatch(1);

  PeerTest() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    other = SocketChannel.open(StandardProtocolFamily.UNIX);
    peer = new Peer(other, (method, request) -> request, _ -> closed.countDown());
  }

  @BeforeEach
  void connect() throws IOException {
    server.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
    other.connect(UnixDomainSocketAddress.of(folder.resolve("socket")));
    peer =
        new Peer(
            server.accept(),
            (method, request) -> {
              if (method.equals("s/fail")) {
                throw TtrpcException.answered(TtrpcException.INVALID_ARGUMENT, "no");
              }
              return request;
            },
            _ -> closed.countDown());
    peer.start("test");
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    other.close();
    server.close();
  }

  @Test
  void callsGetTheirOwnAnswers() throws IOException, InterruptedException {
    Thread answering =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Message first = readMessage();
                Message second = readMessage();
                answer(99, "for nobody"); // a stream that nobody waits for does no harm
                answer(second.stream(), request(second).getMethod());
                answer(first.stream(), request(first).getMethod());
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    byte[][] answers = new byte[2][];
    Thread one =
        Thread.ofVirtual()
            .start(() -> {
              try {
                answers[0] = peer.call("s", "one", ASK, LONG);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    answers[1] = peer.call("s", "two", ASK, LONG);
    one.join();
    answering.join();
    assertThat(new String(answers[0], StandardCharsets.UTF_8)).isEqualTo("one");
    assertThat(new String(answers[1], StandardCharsets.UTF_8)).isEqualTo("two");
  }

  @Test
  void aPeerThatDoesNotAnswerIsCutOff() throws InterruptedException {
    assertThatThrownBy(() -> peer.call("s", "m", ASK, SHORT))
        .isInstanceOfSatisfying(TtrpcException.class, e -> assertThat(e.isLost()).isTrue())
        .hasMessageContaining("no answer to m");
    closed.await();
    assertThat(peer.isClosed()).isTrue();
    assertThatThrownBy(() -> peer.call("s", "m", ASK, LONG))
        .isInstanceOfSatisfying(TtrpcException.class, e -> assertThat(e.isLost()).isTrue());
  }

  /** Its socket's buffers are full long before the request is written. */
  @Test
  void aPeerThatDoesNotReadIsCutOff() {
    assertThatThrownBy(() -> peer.call("s", "m", new byte[Peer.maxPayloadBytes()], SHORT))
        .isInstanceOfSatisfying(TtrpcException.class, e -> assertThat(e.isLost()).isTrue());
  }

  @Test
  void aRequestThatIsTooLargeIsNotSent() {
    assertThatThrownBy(() -> peer.call("s", "m", new byte[Message.MAX_DATA_BYTES], LONG))
        .isInstanceOfSatisfying(
            TtrpcException.class,
            e -> assertThat(e.code()).isEqualTo(TtrpcException.RESOURCE_EXHAUSTED));
    assertThat(peer.isClosed()).isFalse();
  }

  @Test
  void aPeersDeathFailsTheCallInProgress() throws InterruptedException {
    Thread closing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Message _ = readMessage();
                other.close();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    assertThatThrownBy(() -> peer.call("s", "m", ASK, LONG))
        .isInstanceOfSatisfying(TtrpcException.class, e -> assertThat(e.isLost()).isTrue());
    closing.join();
    closed.await();
  }

  @Test
  void thePeersCallsAreAnswered() throws IOException {
    ask(1, "ok");
    assertThat(Ttrpc.Response.parseFrom(readMessage().data()).getPayload().toStringUtf8())
        .isEqualTo("payload");
    ask(3, "fail");
    Ttrpc.Response refused = Ttrpc.Response.parseFrom(readMessage().data());
    assertThat(refused.getStatus().getCode()).isEqualTo(TtrpcException.INVALID_ARGUMENT);
    assertThat(refused.getStatus().getMessage()).isEqualTo("no");
  }

  @Test
  void whatComesOnAnUnknownConnectionIsDropped() throws IOException {
    Trunk.write(other, 77, new byte[] {1, 2, 3});
    ask(1, "ok");
    assertThat(readMessage().stream()).isEqualTo(1);
  }

  @Test
  void whatIsNoRequestEndsTheConnection() throws IOException, InterruptedException {
    Trunk.write(
        other,
        2,
        new Message(2, Message.REQUEST, (byte) 0, ByteString.EMPTY).encode()); // even: a server's
    closed.await();
    assertThat(peer.whyClosed()).contains("stream 2");
  }

  @Test
  void anEnvelopeThatCantBeReadEndsTheConnection() throws IOException, InterruptedException {
    Trunk.write(
        other,
        2,
        new Message(1, Message.REQUEST, (byte) 0, ByteString.copyFromUtf8("\u0001\u0002"))
            .encode());
    closed.await();
    assertThat(peer.whyClosed()).contains("envelope");
  }

  private void ask(int stream, String method) throws IOException {
    ByteString request =
        Ttrpc.Request.newBuilder()
            .setService("s")
            .setMethod(method)
            .setPayload(ByteString.copyFromUtf8("payload"))
            .build()
            .toByteString();
    Trunk.write(other, 2, new Message(stream, Message.REQUEST, (byte) 0, request).encode());
  }

  private void answer(int stream, String payload) throws IOException {
    ByteString response =
        Ttrpc.Response.newBuilder()
            .setPayload(ByteString.copyFromUtf8(payload))
            .build()
            .toByteString();
    Trunk.write(other, 1, new Message(stream, Message.RESPONSE, (byte) 0, response).encode());
  }

  private static Ttrpc.Request request(Message message) throws IOException {
    return Ttrpc.Request.parseFrom(message.data());
  }

  private Message readMessage() throws IOException {
    MessageReader reader = new MessageReader(new SharedBudget(Bound.NRI_MESSAGES));
    TrunkReader trunk = new TrunkReader(other);
    while (true) {
      ByteBuffer data = trunk.read().data();
      for (Message message : reader.take(data)) {
        return message;
      }
    }
  }
}
