package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Blobs over connections that break. */
class BlobStreamTest extends RegistryFixture {

  private static void readWhole(Repository repository, Descriptor blob) {
    try {
      read(repository, blob);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aBrokenConnectionGoesOnWhereItWas() throws IOException {
    byte[] content = random(2_000_000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    Progress progress = new Progress();
    host.before((exchange, asked) -> {
      host.breakAfter(exchange, asked, content, 200_000, progress);
      return true;
    });

    assertThat(progress.read(repository(host.name() + "/a:v1"), blob)).isEqualTo(content);

    assertThat(host.asked)
        .extracting(asked -> asked.header("Range").orElse(""))
        .containsExactly(
            "",
            "bytes=200000-",
            "bytes=400000-",
            "bytes=600000-",
            "bytes=800000-",
            "bytes=1000000-",
            "bytes=1200000-",
            "bytes=1400000-",
            "bytes=1600000-",
            "bytes=1800000-");
    assertThat(timing.slept).isEmpty();
  }

  @Test
  void aHostThatKnowsNoRangesIsReadFromTheStartAgain() throws IOException {
    byte[] content = random(500_000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    AtomicInteger asked = new AtomicInteger();
    Progress progress = new Progress();
    host.before((exchange, request) -> {
      int length = asked.getAndIncrement() == 0 ? 100_000 : content.length;
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, length);
      exchange.getResponseBody().flush();
      progress.await(length);
      return true;
    });

    assertThat(progress.read(repository(host.name() + "/a:v1"), blob)).isEqualTo(content);
    assertThat(asked).hasValue(2);
  }

  @Test
  void aHostThatDiesIsReplacedByTheNext() throws IOException {
    byte[] content = random(400_000);
    TestHost mirror = host();
    TestHost registry = host();
    Descriptor blob = registry.blob(content);
    AtomicInteger asked = new AtomicInteger();
    Progress progress = new Progress();
    mirror.before((exchange, request) -> {
      if (asked.getAndIncrement() == 0) {
        mirror.breakAfter(exchange, request, content, 150_000, progress);
      } else {
        TestHost.reply(exchange, 502, "");
      }
      return true;
    });
    hosts(registry.name(), "[host.\"http://%s\"]".formatted(mirror.name()));

    assertThat(progress.read(repository(registry.name() + "/a:v1"), blob)).isEqualTo(content);
    assertThat(registry.asked)
        .extracting(request -> request.header("Range").orElse(""))
        .containsExactly("bytes=150000-");
  }

  @Test
  void aConnectionThatFallsSilentIsGivenUp() throws Exception {
    byte[] content = random(300_000);
    TestHost mirror = host();
    TestHost registry = host();
    Descriptor blob = registry.blob(content);
    CountDownLatch end = new CountDownLatch(1);
    mirror.before((exchange, request) -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, 100_000);
      exchange.getResponseBody().flush();
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return true;
    });
    hosts(registry.name(), "[host.\"http://%s\"]".formatted(mirror.name()));
    configured(SHORT_PATIENCE);

    assertThat(read(repository(registry.name() + "/a:v1"), blob)).isEqualTo(content);
    end.countDown();
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void aHostThatNeverGetsOnEndsTheStream() throws IOException {
    byte[] content = random(300_000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    Progress progress = new Progress();
    host.before((exchange, request) -> {
      host.breakAfter(exchange, request, content, 10, progress);
      return true;
    });

    OciException e =
        catchThrowableOfType(
            OciException.class, () -> progress.read(repository(host.name() + "/a:v1"), blob));
    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(e)
        .hasMessageContaining("cannot read blob " + blob.digest() + ": " + host.name() + ": ");
    assertThat(host.asked).hasSize(6);
    assertThat(timing.slept)
        .containsExactly(
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            Duration.ofMillis(800),
            Duration.ofMillis(1600));
  }

  @Test
  void aBlobOfAnotherLengthIsRefusedBeforeItIsRead() throws IOException {
    byte[] content = random(1000);
    TestHost host = host();
    Descriptor right = host.blob(content);
    Descriptor wrong = new Descriptor(right.mediaType(), right.digest(), 999);

    OciException e =
        failure(Kind.DATA_LOSS, () -> repository(host.name() + "/a:v1").openBlob(wrong, 0));
    assertThat(e).hasMessageContaining("the blob has 1000 bytes, its descriptor says 999");
  }

  @Test
  void otherBytesEndInDataLossAndTheNextTryGoesElsewhere() throws IOException {
    byte[] content = random(100_000);
    TestHost mirror = host();
    TestHost registry = host();
    Descriptor blob = registry.blob(content);
    mirror.before((exchange, request) -> {
      byte[] bad = content.clone();
      bad[50_000] ^= 1;
      exchange.sendResponseHeaders(200, bad.length);
      exchange.getResponseBody().write(bad);
      return true;
    });
    hosts(registry.name(), "[host.\"http://%s\"]".formatted(mirror.name()));
    Repository repository = repository(registry.name() + "/a:v1");

    OciException e = failure(Kind.DATA_LOSS, () -> readWhole(repository, blob));
    assertThat(e).hasMessageStartingWith(mirror.name() + ": the content of blob " + blob.digest());
    assertThat(read(repository, blob)).isEqualTo(content);
    assertThat(mirror.asked).hasSize(1);
  }

  @Test
  void aChunkedBodyThatIsTooShortIsNoEnd() throws IOException {
    byte[] content = random(1000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    host.before((exchange, request) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(content, 0, 500);
      exchange.getResponseBody().close();
      return true;
    });

    failure(Kind.DATA_LOSS, () -> readWhole(repository(host.name() + "/a:v1"), blob));
  }

  @Test
  void readingMayBeginAnywhere() throws IOException {
    byte[] content = random(1000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    Repository repository = repository(host.name() + "/a:v1");

    try (InputStream in = repository.openBlob(blob, 600)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 600, 1000));
    }
    try (InputStream in = repository.openBlob(blob, 1000)) {
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(host.asked).hasSize(1);
    failure(Kind.INVALID, () -> repository.openBlob(blob, 1001));
    Descriptor empty = host.blob(new byte[0]);
    assertThat(read(repository, empty)).isEmpty();
  }

  @Test
  void anInterruptEndsAReadAndCloseEndsItForOthers() throws Exception {
    byte[] content = random(300_000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch half = new CountDownLatch(1);
    host.before((exchange, request) -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, 1000);
      exchange.getResponseBody().flush();
      half.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return true;
    });
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                readWhole(repository(host.name() + "/a:v1"), blob);
              } catch (OciException e) {
                seen.set(e);
              }
            });
    half.await();
    reader.interrupt();
    reader.join();
    assertThat(seen.get())
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));

    InputStream stream = repository(host.name() + "/a:v1").openBlob(blob, 0);
    assertThat(stream.readNBytes(1000)).hasSize(1000);
    AtomicReference<Throwable> told = new AtomicReference<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                stream.readNBytes(1);
              } catch (IOException e) {
                told.set(e);
              }
            });
    stream.close();
    stream.close();
    waiting.join();
    assertThat(told.get()).isInstanceOf(IOException.class).hasMessageContaining("closed");
    assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    assertThat(host.asked).hasSize(2);
    end.countDown();
  }
}
