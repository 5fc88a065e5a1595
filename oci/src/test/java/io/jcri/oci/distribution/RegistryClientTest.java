package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One host that behaves, or misbehaves in what it says. */
class RegistryClientTest extends RegistryFixture {

  private static final String JSON = "{\"schemaVersion\":2}";

  @Test
  void aTagIsResolvedAndItsContentFetched() throws IOException {
    TestHost host = host();
    Descriptor manifest = host.manifest("v1", JSON);
    byte[] content = random(300_000);
    Descriptor blob = host.blob(content);
    Repository repository = repository(host.name() + "/a/b:v1");

    Resolved resolved = repository.resolve();

    assertThat(resolved.descriptor()).isEqualTo(manifest);
    assertThat(resolved.host()).isEqualTo(host.name());
    assertThat(repository.fetchManifest(manifest)).asString(StandardCharsets.UTF_8).isEqualTo(JSON);
    assertThat(read(repository, blob)).isEqualTo(content);
    assertThat(host.asked)
        .extracting(a -> a.method() + " " + a.path() + a.query())
        .containsExactly(
            "HEAD /v2/a/b/manifests/v1",
            "GET /v2/a/b/manifests/" + manifest.digest(),
            "GET /v2/a/b/blobs/" + blob.digest());
    assertThat(host.asked.getFirst().header("Accept").orElse("")).contains(MediaTypes.DOCKER_INDEX);
    assertThat(host.asked.getFirst().header("User-Agent")).contains("jcri");
  }

  @Test
  void aHostWhoseHeadSaysLittleIsAskedByGet() throws IOException {
    TestHost host = host();
    Descriptor manifest = host.manifest("v1", JSON);
    host.before((exchange, asked) -> {
      if (asked.method().equals("HEAD")) {
        TestHost.reply(exchange, asked.path().endsWith("v1") ? 405 : 200, "");
        return true;
      }
      return false;
    });
    Repository repository = repository(host.name() + "/a:v1");

    assertThat(repository.resolve().descriptor()).isEqualTo(manifest);
    assertThat(repository.fetchManifest(manifest)).asString(StandardCharsets.UTF_8).isEqualTo(JSON);
    assertThat(host.count("GET", "/manifests/")).isEqualTo(1);
    assertThat(repository(host.name() + "/a@" + manifest.digest()).resolve().descriptor())
        .isEqualTo(manifest);
  }

  @Test
  void whatIsNotThereIsNamedWithHostStatusAndTheHostsWords() throws IOException {
    TestHost host = host();

    OciException e = failure(Kind.NOT_FOUND, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(e)
        .hasMessage(
            "cannot resolve "
                + host.name()
                + "/a:v1: "
                + host.name()
                + ": 404 Not Found: check the name, and whether it shows it to whom it does not know");
    Descriptor gone = Descriptor.of(MediaTypes.OCI_LAYER, random(10));
    e = failure(Kind.NOT_FOUND, () -> repository(host.name() + "/a:v1").openBlob(gone, 0));
    assertThat(e)
        .hasMessageStartingWith(
            "cannot fetch blob %s of %s/a: %s: 404 Not Found (it is not here): check the name"
                .formatted(gone.digest(), host.name(), host.name()));
  }

  @Test
  void aManifestWithOtherBytesIsRefused() throws IOException {
    TestHost host = host();
    Descriptor manifest = host.manifest("v1", JSON);
    host.before((exchange, asked) -> {
      if (asked.method().equals("GET")) {
        TestHost.reply(exchange, 200, "{\"schemaVersion\":3}");
        return true;
      }
      return false;
    });

    OciException e =
        failure(Kind.DATA_LOSS, () -> repository(host.name() + "/a:v1").fetchManifest(manifest));
    assertThat(e).hasMessageContaining("digest mismatch: want " + manifest.digest());
  }

  @Test
  void aHugeManifestIsNotRead() throws IOException {
    TestHost host = host();
    Digest digest = Digest.of(random(1));
    Descriptor told = new Descriptor(MediaTypes.OCI_MANIFEST, digest, 5 << 20);
    failure(Kind.INVALID, () -> repository(host.name() + "/a:v1").fetchManifest(told));
    assertThat(host.asked).isEmpty();

    host.manifest("big", " ".repeat(5 << 20));
    host.before((exchange, asked) -> {
      if (asked.method().equals("HEAD")) {
        TestHost.reply(exchange, 405, "");
        return true;
      }
      return false;
    });
    OciException e = failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:big").resolve());
    assertThat(e).hasMessageContaining("larger than 4194304 bytes");
  }

  @Test
  void schema1IsRefusedByName() throws IOException {
    TestHost host = host();
    host.before((exchange, asked) -> {
      exchange
          .getResponseHeaders()
          .set("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws");
      TestHost.reply(exchange, 200, "{\"schemaVersion\":1,\"fsLayers\":[]}");
      return true;
    });
    Repository repository = repository(host.name() + "/a:v1");
    Descriptor descriptor = repository.resolve().descriptor();
    byte[] content = repository.fetchManifest(descriptor);

    OciException e =
        failure(
            Kind.INVALID,
            () -> Manifest.parse(content, descriptor.mediaType(), descriptor.digest()));
    assertThat(e).hasMessageContaining("Docker schema 1");
  }

  @Test
  void anInterruptEndsAPull() throws Exception {
    TestHost host = host();
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    host.before((exchange, asked) -> {
      arrived.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return false;
    });
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread pull =
        Thread.ofVirtual()
            .start(() -> {
              try {
                repository(host.name() + "/a:v1").resolve();
              } catch (OciException e) {
                seen.set(e);
              }
            });
    arrived.await();
    pull.interrupt();
    pull.join();
    release.countDown();

    assertThat(seen.get())
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 405, 406, 411, 501})
  void whereHeadIsRefusedGetIsAsked(int status) throws IOException {
    TestHost host = host();
    Descriptor manifest = host.manifest("v1", JSON);
    host.before((exchange, asked) -> {
      if (asked.method().equals("HEAD")) {
        TestHost.reply(exchange, status, "");
        return true;
      }
      return false;
    });

    assertThat(repository(host.name() + "/a:v1").resolve().descriptor()).isEqualTo(manifest);
    assertThat(host.count("GET", "/manifests/")).isEqualTo(1);
  }

  @Test
  void theReasonThatHeadCannotTellIsToldByGet() throws IOException {
    TestHost host = host();
    host.before((exchange, asked) -> {
      TestHost.reply(exchange, 403, "{\"errors\":[{\"message\":\"the key vault is closed\"}]}");
      return true;
    });
    assertThat(failure(Kind.PERMISSION_DENIED, () -> repository(host.name() + "/a:v1").resolve()))
        .hasMessageContaining("403 Forbidden (the key vault is closed)");
  }

  @Test
  void aChangedHostsTomlIsSeenByTheNextPull() throws IOException {
    TestHost first = host();
    TestHost second = host();
    first.manifest("v1", JSON);
    second.manifest("v1", JSON);
    hosts("q.example", "server = \"http://%s\"".formatted(first.name()));
    assertThat(repository("q.example/a:v1").resolve().host()).isEqualTo(first.name());
    hosts("q.example", "server = \"http://%s\"".formatted(second.name()));
    assertThat(repository("q.example/a:v1").resolve().host()).isEqualTo(second.name());
  }
}
