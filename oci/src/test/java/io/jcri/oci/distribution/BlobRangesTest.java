package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts without working ranges: the blob is had all the same, in the same pull. */
class BlobRangesTest extends RegistryFixture {

  /** How a host refuses to give a part. */
  private interface Refusal {
    void answer(HttpExchange exchange, byte[] content) throws IOException;
  }

  private void isHadAllTheSame(Refusal refusal) throws IOException {
    byte[] content = random(500_000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    AtomicInteger whole = new AtomicInteger();
    Progress progress = new Progress();
    host.before((exchange, asked) -> {
      if (asked.header("Range").isPresent()) {
        refusal.answer(exchange, content);
      } else if (whole.getAndIncrement() == 0) {
        host.breakAfter(exchange, asked, content, 100_000, progress);
      } else {
        host.serve(exchange, asked);
      }
      return true;
    });
    Repository repository = repository(host.name() + "/a:v1");

    assertThat(progress.read(repository, blob)).isEqualTo(content);
    // Java's client asks again by itself when a connection ends without an answer.
    assertThat(ranges(host).stream().distinct()).containsExactly("", "bytes=100000-");
    assertThat(whole).hasValue(2);
    assertThat(timing.slept).isEmpty();

    // The next pull, which has the beginning of it on disk.
    try (InputStream rest = repository.openBlob(blob, 300_000)) {
      assertThat(rest.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 300_000, 500_000));
    }
  }

  private static List<String> ranges(TestHost host) {
    return host.asked.stream().map(asked -> asked.header("Range").orElse("")).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 405, 412, 416, 500, 501, 502, 503, 504})
  void aStatusThatRefusesTheRange(int status) throws IOException {
    isHadAllTheSame((exchange, content) -> TestHost.reply(exchange, status, "no"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rubbish",
        "bytes 0-499999/500000",
        "bytes 99999-499999/500000",
        "bytes 100000-200000/500000",
        "bytes 100000-499999/600000",
        "bytes */500000",
        "bytes 99999999999999999999-1/*",
      })
  void aPartThatIsNotTheOneAskedFor(String range) throws IOException {
    isHadAllTheSame((exchange, content) -> TestHost.part(exchange, range, content, 0));
  }

  @Test
  void aPartOfAnotherLengthThanItSays() throws IOException {
    isHadAllTheSame((exchange, content) -> {
      exchange.getResponseHeaders().set("Content-Range", "bytes 100000-499999/500000");
      exchange.sendResponseHeaders(206, 10);
      exchange.getResponseBody().write(content, 0, 10);
    });
  }

  @Test
  void aConnectionThatIsClosedForAnAnswer() throws IOException {
    isHadAllTheSame((exchange, content) -> exchange.close());
  }

  @Test
  void aPartMayLeaveTheWholeLengthOpen() throws IOException {
    byte[] content = random(1000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    host.before((exchange, asked) -> {
      TestHost.part(exchange, "bytes 400-999/*", content, 400);
      return true;
    });

    try (InputStream in = repository(host.name() + "/a:v1").openBlob(blob, 400)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 400, 1000));
    }
    assertThat(host.asked).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 429})
  void whatWouldBeSaidOfTheWholeBlobTooIsNotAskedTwice(int status) throws IOException {
    TestHost host = host();
    Descriptor blob = host.blob(random(1000));
    host.before((exchange, asked) -> {
      exchange.getResponseHeaders().set("Retry-After", "600");
      TestHost.reply(exchange, status, "");
      return true;
    });

    assertThat(
            catchThrowableOfType(
                OciException.class, () -> repository(host.name() + "/a:v1").openBlob(blob, 400)))
        .hasMessageContaining(host.name() + ": " + status);
    assertThat(host.asked).hasSize(1);
  }

  @Test
  void aPartInsteadOfTheWholeIsNotTaken() throws IOException {
    byte[] content = random(1000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    host.before((exchange, asked) -> {
      TestHost.part(exchange, "bytes 500-999/1000", content, 500);
      return true;
    });

    OciException e =
        failure(Kind.DATA_LOSS, () -> repository(host.name() + "/a:v1").openBlob(blob, 400));
    assertThat(e).hasMessageContaining("asked for all bytes, got a part: \"bytes 500-999/1000\"");
    assertThat(host.asked).hasSize(2);
  }

  @Test
  void aHostThatAddsLittleToWhatItBringsAgainIsGivenUp() throws IOException {
    byte[] content = random(8_000_000);
    TestHost host = host();
    Descriptor blob = host.blob(content);
    AtomicInteger asked = new AtomicInteger();
    Progress progress = new Progress();
    host.before((exchange, request) -> {
      // 64 KiB are progress, but not for 4 MB that came again.
      int end = 4_000_000 + (asked.getAndIncrement() << 16);
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, end);
      exchange.getResponseBody().flush();
      progress.await(end);
      exchange.close();
      return true;
    });

    OciException e =
        catchThrowableOfType(
            OciException.class, () -> progress.read(repository(host.name() + "/a:v1"), blob));
    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    // The first was worth it: its break counts as one of six.
    assertThat(host.asked).hasSize(6);
  }
}
