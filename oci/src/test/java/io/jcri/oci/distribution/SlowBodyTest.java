package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Bodies that come, but hardly. */
class SlowBodyTest extends RegistryFixture {

  private static final int PIECE = 64 << 10;
  private static final Patience PATIENCE = new Patience(Duration.ofSeconds(60), 10);

  /** Brings some bytes each time that the reader waits, which takes a while. */
  private static final class Drip extends FakeTimingOfOne {
    private final Duration pause;
    private final int bytes;

    Drip(Duration pause, int bytes) {
      this.pause = pause;
      this.bytes = bytes;
    }

    @Override
    public <T> T poll(BlockingQueue<T> queue, Duration atMost) {
      pipe().onNext(List.of(ByteBuffer.allocate(bytes)));
      timing.pass(pause);
      return queue.remove();
    }
  }

  /** A clock, and the one body that is read by it. */
  private abstract static class FakeTimingOfOne implements Timing {
    final FakeTiming timing = new FakeTiming();
    private final BodyPipe pipe = new BodyPipe(PATIENCE, this);

    FakeTimingOfOne() {
      pipe.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
          });
    }

    BodyPipe pipe() {
      return pipe;
    }

    @Override
    public java.time.Instant now() {
      return timing.now();
    }

    @Override
    public void sleep(Duration time) {
      timing.sleep(time);
    }
  }

  @Test
  void aByteNowAndThenIsNoProgress() {
    BodyPipe drip = new Drip(Duration.ofSeconds(2), 1).pipe();
    assertThatThrownBy(() -> drip.readNBytes(1000))
        .isInstanceOf(TooSlowException.class)
        .hasMessage("only 30 bytes in 60 s, the least is 10 bytes a second");
  }

  @Test
  void enoughBytesAreTakenHoweverOftenTheyPause() throws IOException {
    BodyPipe slow = new Drip(Duration.ofSeconds(50), 500).pipe();
    assertThat(slow.readNBytes(100_000)).hasSize(100_000);
  }

  /** A disk that is busy is no reason to blame the host. */
  @Test
  void whatIsHereBeforeTheReaderDoesNotCount() throws IOException {
    Drip timing = new Drip(Duration.ofSeconds(2), 1);
    BodyPipe body = timing.pipe();
    for (int i = 0; i < 1000; i++) {
      body.onNext(List.of(ByteBuffer.allocate(1)));
      timing.timing.pass(Duration.ofSeconds(2));
      assertThat(body.read()).isZero();
    }
  }

  /** Sends a piece at once, and another each time that its reader waits for one. */
  private void drips(TestHost host, byte[] content) {
    AtomicReference<Semaphore> waits = new AtomicReference<>(new Semaphore(0));
    timing.onEachWait(() -> waits.get().release());
    host.before((exchange, asked) -> {
      Semaphore mine = new Semaphore(0);
      int from = asked.header("Range").map(range -> Integer.parseInt(start(range))).orElse(0);
      if (from > 0) {
        String part = "bytes %d-%d/%d".formatted(from, content.length - 1, content.length);
        exchange.getResponseHeaders().set("Content-Range", part);
      }
      waits.set(mine);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      OutputStream body = exchange.getResponseBody();
      try {
        for (int at = from; at < content.length; at += PIECE) {
          body.write(content, at, Math.min(PIECE, content.length - at));
          body.flush(); // the first with the headers
          mine.acquire();
        }
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
      return true;
    });
  }

  private static String start(String range) {
    return range.replaceAll("^bytes=([0-9]+)-.*$", "$1");
  }

  /** What it sends at once would count as progress, each time. */
  @Test
  void aHostThatIsTooSlowEachTimeIsGivenUp() throws IOException {
    byte[] content = random(4 << 20);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    drips(host, content);
    configured(new Patience(Duration.ofSeconds(30), 100 << 20));
    timing.eachWaitTakes(Duration.ofSeconds(30));
    Repository repository = repository(host.name() + "/a:v1");

    OciException e =
        failure(
            Kind.UNAVAILABLE,
            () -> {
              try {
                read(repository, blob);
              } catch (IOException io) {
                throw new java.io.UncheckedIOException(io);
              }
            });

    assertThat(e).hasMessageContaining(host.name()).hasMessageContaining("bytes a second");
    assertThat(host.count("GET", "/blobs/")).isEqualTo(6);
  }
}
