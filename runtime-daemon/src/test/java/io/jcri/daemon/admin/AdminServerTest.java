package io.jcri.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the admin socket, with verbs of the test's own. */
class AdminServerTest {
  private record Words(List<String> words) {}

  private record Counted(long bytes) {}

  @TempDir private Path temp;

  private final CountDownLatch atWork = new CountDownLatch(1);
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new AdminServer(
            socket(),
            new AdminVerbs(
                Map.of(
                    "echo",
                    new Echo(),
                    "words",
                    this::words,
                    "refuse",
                    call -> refuse(),
                    "wait",
                    call -> work())));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  /** Counts what comes and sends it back. */
  private final class Echo implements AdminHandler {
    @Override
    public boolean takesContent() {
      return true;
    }

    @Override
    public void handle(AdminCall call) throws IOException {
      try {
        byte[] all = call.content().readAllBytes();
        call.answer(new Counted(all.length));
        call.output().write(all);
      } catch (IOException e) {
        end.complete(String.valueOf(e.getMessage()));
        throw e;
      }
    }
  }

  private void words(AdminCall call) throws IOException {
    for (String word : call.arguments(Words.class).words()) {
      call.answer(new Words(List.of(word)));
    }
  }

  private static void refuse() {
    throw new OciException(OciException.Kind.NOT_FOUND, "no image\nnobody");
  }

  private void work() {
    atWork.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      end.complete("interrupted");
      throw new OciException(OciException.Kind.CANCELLED, "interrupted", e);
    }
  }

  @Test
  void argumentsGoAndAnswersCome() throws IOException {
    List<Words> answers = new ArrayList<>();
    client().ask("words", new Words(List.of("one", "two\n")), Words.class, answers::add);
    assertThat(answers).containsExactly(new Words(List.of("one")), new Words(List.of("two\n")));
  }

  @Test
  void contentOfAnySizeGoesBothWays() throws IOException {
    for (int size : new int[] {0, 1, 256 << 10, (1 << 20) + 1}) {
      byte[] content = new byte[size];
      new Random(1).nextBytes(content);
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      List<Counted> answers = new ArrayList<>();
      client()
          .ask(
              "echo",
              new Words(List.of()),
              Optional.of(new ByteArrayInputStream(content)),
              Counted.class,
              answers::add,
              back);
      assertThat(back.toByteArray()).isEqualTo(content);
      assertThat(answers).containsExactly(new Counted(size));
    }
  }

  @Test
  void aFailureHasItsKindAndOneLine() {
    assertThatThrownBy(
            () -> client().ask("refuse", new Words(List.of()), Words.class, answer -> {}))
        .isInstanceOfSatisfying(
            AdminException.class, e -> assertThat(e.kind()).isEqualTo("NOT_FOUND"))
        .hasMessage("no image nobody");
  }

  @Test
  void whatIsNotKnownIsRefused() throws IOException {
    assertThatThrownBy(() -> client().ask("dance", new Words(List.of()), Words.class, a -> {}))
        .hasMessage("this daemon does not know \"dance\"");
    assertThat(answerTo("{\"version\":2,\"verb\":\"words\"}\n"))
        .contains("this daemon speaks version 1 of the admin protocol, not 2");
    assertThat(answerTo("{\"version\":\n")).startsWith("{\"failed\":{\"kind\":\"INVALID\"");
  }

  @Test
  void aClientOfBeforeIsToldSoInItsOwnWords() throws IOException {
    assertThat(answerTo("load\nthe bytes of an archive"))
        .isEqualTo(
            "failed: this daemon is newer than the jcri that asks; use the one beside the daemon\n");
  }

  @Test
  void aDaemonOfBeforeIsQuoted() throws Exception {
    Path old = temp.resolve("old.sock");
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(old));
      Thread daemon =
          Thread.ofVirtual()
              .start(() -> {
                try (SocketChannel connection = listening.accept()) {
                  connection.write(
                      ByteBuffer.wrap("failed: what?\n".getBytes(StandardCharsets.UTF_8)));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThatThrownBy(() ->
              new AdminClient(old).ask("words", new Words(List.of()), Words.class, answer -> {}))
          .hasMessage("the daemon is older than this jcri: failed: what?");
      daemon.join();
    }
  }

  @Test
  void withAClientGoesWhatItAskedFor() throws Exception {
    SocketChannel client = connect();
    send(client, "{\"version\":1,\"verb\":\"wait\"}\n");
    atWork.await();
    client.close();
    assertThat(end.get(1, TimeUnit.MINUTES)).isEqualTo("interrupted");
  }

  @Test
  void contentThatBreaksOffIsNotTakenForItsEnd() throws Exception {
    SocketChannel client = connect();
    send(client, "{\"version\":1,\"verb\":\"echo\"}\n{\"content\":4}\nfour{\"content\":9}\nfour");
    client.close();
    assertThat(end.get(1, TimeUnit.MINUTES))
        .isEqualTo("the client has gone in the middle of the content");
  }

  private AdminClient client() {
    return new AdminClient(socket());
  }

  private String answerTo(String text) throws IOException {
    try (SocketChannel client = connect();
        InputStream in = Channels.newInputStream(client)) {
      send(client, text);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private static void send(SocketChannel client, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int _ = client.write(bytes);
    }
  }

  private Path socket() {
    return temp.resolve("admin.sock");
  }
}
