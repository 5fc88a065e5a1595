package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.TestHost.Asked;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that keep the reader of a large blob waiting are asked for pieces. */
class BlobPiecesTest extends RegistryFixture {

  private static final int PIECE = BlobPieces.PIECE;

  /** Where they begin when the first look finds a slow host: a window and a piece behind. */
  private static final int FIRST = (8 << 20) + PIECE;

  private static final byte[] CONTENT = random(FIRST + (32 << 20) + 1000);

  private final Progress progress = new Progress();
  private TestHost host;
  private Descriptor blob;

  /** What a host does when it is asked for a piece. */
  private interface Answer {
    void to(HttpExchange exchange, Asked asked) throws IOException;
  }

  @BeforeEach
  void startHost() throws IOException {
    host = host();
    blob = host.blob(CONTENT);
  }

  /** Sends a little and then waits until it has been read, again and again. */
  private void slowBut(Answer piece) {
    timing.eachWaitTakes(Duration.ofMillis(1));
    host.before((exchange, asked) -> {
      if (isPiece(asked)) {
        piece.to(exchange, asked);
      } else if (asked.header("Range").isPresent()) {
        host.serve(exchange, asked);
      } else {
        exchange.sendResponseHeaders(200, CONTENT.length);
        OutputStream out = exchange.getResponseBody();
        for (int sent = 0; sent < CONTENT.length; sent += 64 << 10) {
          out.write(CONTENT, sent, Math.min(64 << 10, CONTENT.length - sent));
          out.flush();
          progress.await(Math.min(CONTENT.length, sent + (64 << 10)));
        }
      }
      return true;
    });
  }

  private static boolean isPiece(Asked asked) {
    return asked.header("Range").filter(range -> !range.endsWith("-")).isPresent();
  }

  private byte[] read() throws IOException {
    return progress.read(repository(host.name() + "/a:v1"), blob);
  }

  private List<String> ranges() {
    return host.asked.stream().map(asked -> asked.header("Range").orElse("")).sorted().toList();
  }

  private static String range(int from) {
    return "bytes=" + from + "-" + (Math.min(CONTENT.length, from + PIECE) - 1);
  }

  @Test
  void severalAreOnTheirWayAtOnce() throws IOException {
    CountDownLatch four = new CountDownLatch(4);
    slowBut((exchange, asked) -> {
      four.countDown();
      await(four);
      host.serve(exchange, asked);
    });

    assertThat(read()).isEqualTo(CONTENT);

    List<String> wanted = new java.util.ArrayList<>(List.of(""));
    for (int from = FIRST; from < CONTENT.length; from += PIECE) {
      wanted.add(range(from));
    }
    assertThat(ranges()).containsExactlyInAnyOrderElementsOf(wanted);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw (InterruptedIOException) new InterruptedIOException("the host ends").initCause(e);
    }
  }

  @Test
  void aHostThatKeepsUpIsAskedOnce() throws IOException {
    assertThat(read()).isEqualTo(CONTENT);
    assertThat(ranges()).containsExactly("");
  }

  @Test
  void aHostThatGivesNoPiecesGoesOnOverItsOneConnection() throws IOException {
    slowBut((exchange, asked) -> {
      exchange.sendResponseHeaders(200, CONTENT.length);
      exchange.getResponseBody().write(CONTENT, 0, 1000);
    });

    assertThat(read()).isEqualTo(CONTENT);
    assertThat(ranges()).filteredOn(range -> range.isEmpty() || range.endsWith("-")).hasSize(1);
    assertThat(timing.slept).isEmpty();
  }

  @Test
  void ofAPieceThatBreaksOnlyTheRestIsAskedForAgain() throws IOException {
    AtomicInteger broken = new AtomicInteger();
    slowBut((exchange, asked) -> {
      if (asked.header("Range").orElse("").equals(range(FIRST)) && broken.getAndIncrement() == 0) {
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range",
                "bytes %d-%d/%d".formatted(FIRST, FIRST + PIECE - 1, CONTENT.length));
        exchange.sendResponseHeaders(206, PIECE);
        exchange.getResponseBody().write(CONTENT, FIRST, 1000);
        exchange.getResponseBody().flush();
        progress.await(FIRST + 1000);
        exchange.close();
      } else {
        host.serve(exchange, asked);
      }
    });

    assertThat(read()).isEqualTo(CONTENT);
    assertThat(ranges())
        .contains("bytes=" + (FIRST + 1000) + "-" + (FIRST + PIECE - 1))
        .filteredOn(range -> range.endsWith("-"))
        .isEmpty();
  }

  @Test
  void aPieceThatBreaksAgainAndAgainIsGivenUp() throws IOException {
    AtomicInteger asks = new AtomicInteger();
    slowBut((exchange, asked) -> {
      if (start(asked) >= FIRST + PIECE) {
        host.serve(exchange, asked);
        return;
      }
      int from = start(asked);
      asks.incrementAndGet();
      contentRange(exchange, from, FIRST + PIECE);
      exchange.sendResponseHeaders(206, FIRST + PIECE - from);
      exchange.getResponseBody().write(CONTENT, from, 1000);
      exchange.getResponseBody().flush();
      progress.await(from + 1000);
      exchange.close();
    });

    assertThat(read()).isEqualTo(CONTENT);
    assertThat(asks).hasValue(3);
    assertThat(ranges())
        .filteredOn(range -> range.endsWith("-"))
        .containsExactly("bytes=" + (FIRST + 3000) + "-");
  }

  /** The second piece, for which nobody waits yet, has no end. */
  @Test
  void aHostThatSendsMoreThanAPieceIsCutOff() throws IOException {
    byte[] chunk = new byte[1 << 20];
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger whole = new AtomicInteger();
    slowBut((exchange, asked) -> {
      int from = start(asked);
      if (from != FIRST + PIECE) {
        await(over);
        host.serve(exchange, asked);
        return;
      }
      contentRange(exchange, from, from + PIECE);
      exchange.sendResponseHeaders(206, 0); // as long as it likes
      try {
        OutputStream out = exchange.getResponseBody();
        out.write(CONTENT, from, PIECE);
        for (int i = 0; i < 64; i++) {
          out.write(chunk);
        }
        whole.incrementAndGet();
      } finally {
        over.countDown();
      }
    });

    assertThat(read()).isEqualTo(CONTENT);
    assertThat(whole).as("endless bodies that were taken in").hasValue(0);
  }

  /** Of the range that a piece was asked for by. */
  private static int start(Asked asked) {
    String range = asked.header("Range").orElseThrow();
    return Integer.parseInt(range.replaceAll("\\D+", " ").strip().split(" ", -1)[0]);
  }

  private static void contentRange(HttpExchange exchange, int from, int to) {
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, CONTENT.length));
  }

  @Test
  void oneConnectionGoesOnWherePiecesAreNoUse() throws IOException {
    slowBut((exchange, asked) -> {
      if (asked.header("Range").orElse("").equals(range(FIRST))) {
        host.serve(exchange, asked);
      } else {
        TestHost.reply(exchange, 503, "");
      }
    });

    assertThat(read()).isEqualTo(CONTENT);
    assertThat(ranges())
        .filteredOn(range -> range.endsWith("-"))
        .containsExactly("bytes=" + (FIRST + PIECE) + "-");
    assertThat(timing.slept).isEmpty();
  }

  @Test
  void otherBytesInAPieceAreFound() {
    slowBut((exchange, asked) -> {
      byte[] bad = CONTENT.clone();
      bad[FIRST + PIECE + 7] ^= 1;
      int from =
          Integer.parseInt(
              asked
                  .header("Range")
                  .orElseThrow()
                  .replaceAll("\\D+", " ")
                  .strip()
                  .split(" ", -1)[0]);
      int to = Math.min(CONTENT.length, from + PIECE);
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, CONTENT.length));
      exchange.sendResponseHeaders(206, to - from);
      exchange.getResponseBody().write(bad, from, to - from);
    });

    OciException e = catchThrowableOfType(OciException.class, this::read);
    assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(e).hasMessageContaining(host.name());
  }
}
