package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static io.jcri.oci.distribution.Challenges.ME;
import static io.jcri.oci.distribution.Challenges.demand;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How far a redirect is followed, and what goes along. */
class RedirectsTest extends RegistryFixture {

  @Test
  void nothingIsForwardedToAnotherOrigin() throws IOException {
    TestHost storage = host();
    byte[] content = random(1000);
    Descriptor blob = storage.blob(content);
    TestHost host = host();
    host.before((exchange, asked) -> {
      if (!demand(exchange, asked, "Basic realm=\"x\"", BASIC)) {
        TestHost.redirect(
            exchange,
            asked.path().contains("/again/")
                ? "http://" + storage.name() + asked.path() + "?signature=s1gned"
                : "/v2/again/" + blob.digest());
      }
      return true;
    });
    hosts(host.name(), "server = \"http://%s\"\n[header]\nX-Own = \"1\"".formatted(host.name()));

    assertThat(read(repository(host.name() + "/a:v1", ME), blob)).isEqualTo(content);

    assertThat(host.asked).hasSize(3).allMatch(a -> a.header("X-Own").isPresent());
    assertThat(host.asked.get(2).header("Authorization")).contains(BASIC);
    assertThat(storage.asked).hasSize(1);
    assertThat(storage.asked.getFirst().header("Authorization")).isEmpty();
    assertThat(storage.asked.getFirst().header("X-Own")).isEmpty();
  }

  @Test
  void aStorageThatRefusesDoesNotGetTheCredentialsEither() throws IOException {
    TestHost storage = host();
    storage.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    TestHost host = host();
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://" + storage.otherName() + "/x?signature=s1gned");
      return true;
    });
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, random(10));

    OciException e =
        failure(
            Kind.UNAUTHENTICATED, () -> repository(host.name() + "/a:v1", ME).openBlob(blob, 0));

    assertThat(storage.asked).hasSize(1);
    assertThat(storage.asked.getFirst().header("Authorization")).isEmpty();
    assertThat(e).hasMessageNotContaining("s1gned").hasMessageNotContaining("s3cret");
  }

  @Test
  void redirectsEnd() throws IOException {
    TestHost host = host();
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, asked.path());
      return true;
    });
    OciException e = failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(e).hasMessageContaining("more than 10 redirects");
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, "file:///etc/passwd");
      return true;
    });
    e = failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(e).hasMessageContaining("redirects to a URL that cannot be used");
  }

  @Test
  void aHostThatSendsAllElsewhereIsFollowedAsNoOne() throws IOException {
    TestHost tokens = Challenges.tokenServer(host(), "{\"token\":\"T\"}");
    TestHost other = host();
    Descriptor manifest = other.manifest("v1", "{}");
    byte[] content = random(1000);
    Descriptor blob = other.blob(content);
    other.before(
        (exchange, asked) -> demand(exchange, asked, Challenges.bearer(tokens), "Bearer T"));
    TestHost host = host();
    host.before((exchange, asked) -> {
      if (!demand(exchange, asked, "Basic realm=\"x\"", BASIC)) {
        exchange.getResponseHeaders().set("Location", "http://" + other.name() + asked.path());
        TestHost.reply(exchange, 308, "");
      }
      return true;
    });
    hosts(host.name(), "server = \"http://%s\"\n[header]\nX-Own = \"1\"".formatted(host.name()));
    Repository repository = repository(host.name() + "/a:v1", ME);

    assertThat(repository.resolve().descriptor()).isEqualTo(manifest);
    assertThat(read(repository, blob)).isEqualTo(content);

    assertThat(tokens.asked).hasSize(1);
    assertThat(tokens.asked.getFirst().query()).contains("scope=repository:a:pull");
    for (TestHost stranger : List.of(other, tokens)) {
      assertThat(stranger.asked)
          .noneMatch(a -> a.headers().toString().contains(BASIC.substring("Basic ".length())))
          .noneMatch(a -> a.header("X-Own").isPresent());
    }
    assertThat(other.asked)
        .extracting(a -> a.header("Authorization").orElse(""))
        .containsExactly("", "Bearer T", "Bearer T");
    // Not even the token of no one is for the host that redirects.
    assertThat(host.asked).noneMatch(a -> a.header("Authorization").orElse("").contains("T"));
  }

  @Test
  void challengesOnTheWayEnd() throws IOException {
    TestHost tokens = Challenges.tokenServer(host(), "{\"token\":\"T\"}");
    TestHost other = host();
    other.before((exchange, asked) -> demand(exchange, asked, Challenges.bearer(tokens), "never"));
    TestHost host = host();
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://" + other.name() + asked.path());
      return true;
    });

    failure(Kind.UNAUTHENTICATED, () -> repository(host.name() + "/a:v1", ME).resolve());
    assertThat(other.asked).hasSize(2);
  }

  @Test
  void aLocationMayHoldWhatUrisMayNot() throws IOException {
    List<String> queries = new CopyOnWriteArrayList<>();
    byte[] content = random(1000);
    TestHost storage = host();
    Descriptor blob = storage.blob(content);
    storage.before((exchange, asked) -> {
      queries.add(exchange.getRequestURI().getRawQuery());
      return false;
    });
    TestHost host = host();
    host.before((exchange, asked) -> {
      TestHost.redirect(
          exchange,
          "http://" + storage.name() + asked.path() + "?f={\"a\"|b}^\\&g=%zz&s=%2b+a/b==");
      return true;
    });

    assertThat(read(repository(host.name() + "/a:v1"), blob)).isEqualTo(content);
    assertThat(queries).containsExactly("f=%7B%22a%22%7Cb%7D%5E%5C&g=%25zz&s=%2b+a/b==");
  }

  @Test
  void aHostNameThatJavasClientRefusesIsTold() throws IOException {
    TestHost host = host();
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://my_storage.example/x?signature=s1gned");
      return true;
    });
    assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository(host.name() + "/a:v1").resolve()))
        .hasMessageContaining(host.name() + ": the host name my_storage.example cannot be used")
        .hasMessageNotContaining("s1gned");
    hosts("q.example", "server = \"http://my_registry:5000\"");
    assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("the host name my_registry cannot be used");
  }
}
