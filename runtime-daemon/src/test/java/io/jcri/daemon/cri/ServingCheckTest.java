package io.jcri.daemon.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingCheckTest {
  @TempDir Path folder;

  /** What a server does with its one connection. */
  private interface Answer {
    void to(SocketChannel client) throws IOException;
  }

  private Path served(Answer answer) throws IOException {
    Path socket = folder.resolve("s");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual()
        .start(() -> {
          try (server;
              SocketChannel client = server.accept()) {
            answer.to(client);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    return socket;
  }

  /**
   * All of it: to close with a part unread would break the connection before the answer is read.
   */
  private static void readGreeting(SocketChannel client) throws IOException {
    ByteBuffer preface = ByteBuffer.allocate(24 + 9);
    while (preface.hasRemaining() && client.read(preface) >= 0) {
      // the rest of it
    }
  }

  @Test
  void theRealServerAnswers() throws IOException {
    Path socket = folder.resolve("cri.sock");
    CriServer server = new CriServer(socket, List.of(), Traces.none());
    server.start();
    try {
      new ServingCheck(socket).run();
    } finally {
      server.stop();
    }
    assertThatThrownBy(() -> new ServingCheck(socket).run())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nobody answers on " + socket);
  }

  @Test
  void aSocketThatWasTakenAwayIsNoAnswer() throws IOException {
    Path socket = folder.resolve("cri.sock");
    CriServer server = new CriServer(socket, List.of(), Traces.none());
    server.start();
    try {
      Files.delete(socket);
      assertThatThrownBy(() -> new ServingCheck(socket).run())
          .hasMessageContaining("nobody answers on " + socket);
    } finally {
      server.stop();
    }
  }

  @Test
  void aServerThatHasTooManyConnectionsHasAnswered() throws IOException {
    new ServingCheck(served(SocketChannel::close)).run();
  }

  @Test
  void whatSpeaksAnotherLanguageIsNoAnswer() throws IOException {
    Path socket =
        served(client -> {
          readGreeting(client);
          client.write(ByteBuffer.wrap("HTTP/1.1 400 no".getBytes(UTF_8)));
        });
    assertThatThrownBy(() -> new ServingCheck(socket).run()).hasMessageContaining("no HTTP/2");
  }

  @Test
  void aServerThatIsSilentIsWaitedFor() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    Path socket =
        served(client -> {
          try {
            hold.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          client.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}));
        });
    AtomicReference<String> outcome = new AtomicReference<>("waiting");
    Thread check =
        Thread.ofVirtual()
            .start(() -> {
              try {
                new ServingCheck(socket).run();
                outcome.set("answered");
              } catch (IOException e) {
                outcome.set(String.valueOf(e.getMessage()));
              }
            });
    assertThat(check.join(java.time.Duration.ofMillis(50))).isFalse();
    assertThat(outcome.get()).isEqualTo("waiting");
    hold.countDown();
    check.join(TimeUnit.SECONDS.toMillis(10));
    assertThat(outcome.get()).isEqualTo("answered");
  }
}
