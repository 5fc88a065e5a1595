package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which host is asked when another one does not give it. */
class MirrorsTest extends RegistryFixture {

  private void mirrored(TestHost registry, String... mirrors) throws IOException {
    StringBuilder toml = new StringBuilder();
    for (String mirror : mirrors) {
      toml.append("[host.\"http://%s\"]\n".formatted(mirror));
    }
    hosts(registry.name(), toml.toString());
  }

  private static void always(TestHost host, int status, String retryAfter) {
    host.before((exchange, asked) -> {
      if (!retryAfter.isEmpty()) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      TestHost.reply(exchange, status, "<html>sorry</html>");
      return true;
    });
  }

  @Test
  void everyStatusLeadsToTheNextHost() throws IOException {
    for (int status : new int[] {400, 401, 403, 404, 429, 500, 502, 503, 504}) {
      TestHost mirror = host();
      TestHost registry = host();
      registry.manifest("v1", "{}");
      always(mirror, status, "");
      mirrored(registry, mirror.name());

      assertThat(repository(registry.name() + "/a:v1").resolve().host()).isEqualTo(registry.name());
      // What HEAD is refused may be there for GET.
      assertThat(mirror.asked).hasSize(status == 400 || status == 403 ? 2 : 1);
    }
    assertThat(timing.slept).isEmpty();
  }

  @Test
  void theMirrorIsAskedFirstAndTheRegistryNotAtAll() throws IOException {
    TestHost mirror = host();
    mirror.manifest("v1", "{}");
    TestHost registry = host();
    mirrored(registry, mirror.name());

    assertThat(repository(registry.name() + "/a:v1").resolve().host()).isEqualTo(mirror.name());
    assertThat(registry.asked).isEmpty();
  }

  @Test
  void aMirrorThatMayOnlyPullIsNotAskedForTags() throws IOException {
    TestHost mirror = host();
    mirror.manifest("v1", "{\"a\":1}");
    TestHost registry = host();
    Descriptor manifest = registry.manifest("v1", "{}");
    mirror.manifest("other", "{}");
    hosts(
        registry.name(),
        "[host.\"http://%s\"]\ncapabilities = [\"pull\"]".formatted(mirror.name()));
    Repository repository = repository(registry.name() + "/a:v1");

    assertThat(repository.resolve().descriptor()).isEqualTo(manifest);
    repository.fetchManifest(manifest);

    assertThat(mirror.asked)
        .extracting(TestHost.Asked::path)
        .containsExactly("/v2/a/manifests/" + manifest.digest());
    hosts(
        "q.example",
        "server = \"http://%s\"\ncapabilities = [\"pull\"]".formatted(registry.name()));
    assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("no host configured for q.example has the capability RESOLVE");
  }

  @Test
  void whenAllFailTheMessageHasEveryHostAndTheKindIsTheRegistrys() throws IOException {
    TestHost mirror = host();
    TestHost registry = host();
    always(mirror, 403, "");
    mirrored(registry, mirror.name(), "127.0.0.1:1");

    assertThat(failure(Kind.NOT_FOUND, () -> repository(registry.name() + "/a:v1").resolve()))
        .hasMessageMatching(
            "cannot resolve %s/a:v1: %s: 403 Forbidden: .*; 127.0.0.1:1: cannot connect, nothing listens there.*; %s: 404 Not Found.*"
                .formatted(registry.name(), mirror.name(), registry.name()));
  }

  @Test
  void anOverloadedRegistryIsAskedAgainAfterTheTimeItWants() throws IOException {
    for (int status : new int[] {429, 503}) {
      AtomicInteger answers = new AtomicInteger();
      TestHost registry = host();
      registry.manifest("v1", "{}");
      registry.before((exchange, asked) -> {
        if (answers.getAndIncrement() > 0) {
          return false;
        }
        exchange.getResponseHeaders().set("Retry-After", "7");
        TestHost.reply(exchange, status, "");
        return true;
      });
      timing.slept.clear();

      repository(registry.name() + "/a:v1").resolve();

      assertThat(timing.slept).containsExactly(Duration.ofSeconds(7));
      assertThat(registry.asked).hasSize(2);
    }
  }

  @Test
  void aLongWaitIsTheCallersToMakeAndTheHostIsLeftAloneMeanwhile() throws IOException {
    TestHost registry = host();
    registry.manifest("v1", "{}");
    always(registry, 429, "120");

    assertThat(failure(Kind.UNAVAILABLE, () -> repository(registry.name() + "/a:v1").resolve()))
        .hasMessageContaining(registry.name() + ": 429 Too Many Requests: it is asked too often");
    assertThat(failure(Kind.UNAVAILABLE, () -> repository(registry.name() + "/a:v1").resolve()))
        .hasMessageEndingWith(registry.name() + ": it asked to wait 121 s more");
    assertThat(timing.slept).isEmpty();
    assertThat(registry.asked).hasSize(1);

    // Someone else has limits of their own.
    failure(
        Kind.UNAVAILABLE,
        () -> repository(registry.name() + "/a:v1", Credentials.of("me", "x")).resolve());
    assertThat(registry.asked).hasSize(2);

    registry.before((exchange, asked) -> false);
    timing.pass(Duration.ofMinutes(2));
    repository(registry.name() + "/a:v1").resolve();
  }

  @Test
  void theWaitMayBeADateOrRubbish() throws IOException {
    TestHost registry = host();
    always(registry, 503, "Fri, 01 Jan 2100 00:00:00 GMT");
    failure(Kind.UNAVAILABLE, () -> repository(registry.name() + "/a:v1").resolve());
    assertThat(timing.slept).isEmpty();
    // No host can lock itself out for longer than this.
    timing.pass(Duration.ofMinutes(5));
    always(registry, 503, "soon");
    failure(Kind.UNAVAILABLE, () -> repository(registry.name() + "/a:v1").resolve());
    assertThat(timing.slept).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(2));
  }

  @Test
  void aFaultThatStaysEndsAfterThreeRounds() throws IOException {
    TestHost registry = host();
    always(registry, 500, "");

    failure(Kind.UNAVAILABLE, () -> repository(registry.name() + "/a:v1").resolve());

    assertThat(registry.asked).hasSize(3);
    assertThat(timing.slept).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(2));
  }

  @Test
  void aBlackHoledMirrorCostsOneDialTimeoutForAllBlobs() throws IOException {
    try (BlackHole hole = new BlackHole()) {
      TestHost overloaded = host();
      always(overloaded, 503, "");
      TestHost registry = host();
      registry.manifest("v1", "{}");
      hosts(
          registry.name(),
          """
          [host."http://%s"]
          dial_timeout = "200ms"
          [host."http://%s"]
          """
              .formatted(hole.name(), overloaded.name()));
      Repository repository = repository(registry.name() + "/a:v1");

      repository.resolve();
      assertThat(overloaded.asked).hasSize(1);
      for (int i = 1; i <= 10; i++) {
        byte[] content = random(i);
        Descriptor blob = registry.blob(content);
        assertThat(read(repository(registry.name() + "/a:v1"), blob)).isEqualTo(content);
      }
      assertThat(overloaded.asked).hasSize(1);

      always(registry, 404, "");
      assertThat(failure(Kind.NOT_FOUND, () -> repository(registry.name() + "/a:v1").resolve()))
          .hasMessageContaining(hole.name() + ": no connection within 200 ms; ");
      timing.pass(Duration.ofSeconds(31));
      failure(Kind.NOT_FOUND, () -> repository(registry.name() + "/a:v1").resolve());
      assertThat(overloaded.asked).hasSize(3);
    }
  }

  @Test
  void aHostThatAcceptsAndSaysNothingIsGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
      TestHost registry = host();
      registry.manifest("v1", "{}");
      String name = "127.0.0.1:" + silent.getLocalPort();
      mirrored(registry, name);
      configured(SHORT_PATIENCE);

      assertThat(repository(registry.name() + "/a:v1").resolve().host()).isEqualTo(registry.name());
      always(registry, 404, "");
      assertThat(failure(Kind.NOT_FOUND, () -> repository(registry.name() + "/a:v1").resolve()))
          .hasMessageContaining(name + ": no answer within 2 s");
    }
  }

  @Test
  void rubbishInsteadOfHttpIsAFailureOfThatHost() throws Exception {
    try (ServerSocket rubbish = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(() -> {
            while (!rubbish.isClosed()) {
              try (Socket peer = rubbish.accept()) {
                peer.getOutputStream()
                    .write(
                        "SSH-2.0-x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
              } catch (IOException e) {
                return;
              }
            }
          });
      TestHost registry = host();
      registry.manifest("v1", "{}");
      mirrored(registry, "127.0.0.1:" + rubbish.getLocalPort());

      assertThat(repository(registry.name() + "/a:v1").resolve().host()).isEqualTo(registry.name());
    }
  }

  @Test
  void aNameThatIsNoneIsTold() {
    OciException e = failure(Kind.UNAVAILABLE, () -> repository("q.invalid/a:v1").resolve());
    assertThat(e)
        .hasMessage("cannot resolve q.invalid/a:v1: q.invalid: the name cannot be resolved");
  }

  @Test
  void whatNoHostThatCanBeAskedHasIsNotFound() throws IOException {
    TestHost mirror = host();
    hosts("q.invalid", "[host.\"http://%s\"]\n".formatted(mirror.name()));
    assertThat(failure(Kind.NOT_FOUND, () -> repository("q.invalid/a:v1").resolve()))
        .hasMessage(
            "cannot resolve q.invalid/a:v1: %s: 404 Not Found: check the name, and whether it shows it"
                    .formatted(mirror.name())
                + " to whom it does not know; q.invalid: the name cannot be resolved");
    // One that refuses to say leaves it open.
    TestHost refusing = host();
    always(refusing, 403, "");
    hosts(
        "q.invalid",
        "[host.\"http://%s\"]\n[host.\"http://%s\"]\n".formatted(mirror.name(), refusing.name()));
    failure(Kind.UNAVAILABLE, () -> repository("q.invalid/a:v1").resolve());
  }

  /** A port whose queue of connections is full: the kernel drops every further SYN. */
  private static final class BlackHole implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final java.util.List<Socket> fillers = new java.util.ArrayList<>();

    BlackHole() throws IOException {
      for (int i = 0; i < 10; i++) {
        Socket filler = new Socket();
        fillers.add(filler);
        try {
          filler.connect(server.getLocalSocketAddress(), 200);
        } catch (java.net.SocketTimeoutException e) {
          return;
        }
      }
      throw new IOException("the queue does not fill");
    }

    String name() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket filler : fillers) {
        filler.close();
      }
      server.close();
    }
  }
}
