package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.TestHost.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who is told which secret. */
class AuthorizationTest extends RegistryFixture {

  private static final Credentials ME = Credentials.of("me", "s3cret");
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("me:s3cret".getBytes(StandardCharsets.UTF_8));

  private static boolean demand(HttpExchange exchange, Asked asked, String challenge, String wanted)
      throws IOException {
    if (asked.header("Authorization").equals(Optional.of(wanted))) {
      return false;
    }
    exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
    TestHost.reply(exchange, 401, "");
    return true;
  }

  private static String bearer(TestHost realm) {
    return "Bearer realm=\"http://" + realm.name() + "/token?x=1\",service=\"the service\"";
  }

  private static TestHost tokenServer(TestHost host, String json) {
    host.before((exchange, asked) -> {
      TestHost.reply(exchange, 200, json);
      return true;
    });
    return host;
  }

  @Test
  void basicIsAnsweredOnceAndThenSentAtOnce() throws IOException {
    TestHost host = host();
    Descriptor manifest = host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    Repository repository = repository(host.name() + "/a:v1", ME);

    assertThat(repository.resolve().descriptor()).isEqualTo(manifest);
    repository.fetchManifest(manifest);
    assertThat(host.asked).hasSize(3);
  }

  @Test
  void anonymousTokensAreFetchedWithScopeAndService() throws IOException {
    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));

    repository(host.name() + "/a/b:v1").resolve();

    assertThat(tokens.asked).hasSize(1);
    assertThat(tokens.asked.getFirst().query())
        .isEqualTo("x=1&service=the+service&scope=repository:a/b:pull");
    assertThat(tokens.asked.getFirst().header("Authorization")).isEmpty();
  }

  @Test
  void nameAndPasswordGoToTheTokenServerAndNotToTheRegistry() throws IOException {
    TestHost tokens = tokenServer(host(), "{\"access_token\":\"T\",\"expires_in\":300}");
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));

    repository(host.name() + "/a:v1", ME).resolve();

    assertThat(tokens.asked.getFirst().header("Authorization")).contains(BASIC);
    assertThat(host.asked)
        .extracting(a -> a.header("Authorization").orElse(""))
        .containsExactly("", "Bearer T");
  }

  @Test
  void anIdentityTokenIsPosted() throws IOException {
    List<String> forms = new CopyOnWriteArrayList<>();
    TestHost tokens = host();
    tokens.before((exchange, asked) -> {
      forms.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      TestHost.reply(exchange, 200, "{\"access_token\":\"T\"}");
      return true;
    });
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));

    repository(host.name() + "/a:v1", new Credentials("", "", "", "id&T", "", "")).resolve();

    assertThat(forms)
        .containsExactly(
            "service=the+service&scope=repository%3Aa%3Apull&grant_type=refresh_token"
                + "&refresh_token=id%26T&client_id=jcri");
    assertThat(tokens.asked.getFirst().method()).isEqualTo("POST");
    assertThat(tokens.asked.getFirst().query()).isEqualTo("x=1");
  }

  @Test
  void aRegistryTokenIsSentAtOnceAndNeverTraded() throws IOException {
    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer R"));

    repository(host.name() + "/a:v1", new Credentials("", "", "", "", "R", "")).resolve();
    assertThat(host.asked).hasSize(1);

    failure(
        Kind.UNAUTHENTICATED,
        () ->
            repository(host.name() + "/a:v1", new Credentials("", "", "", "", "other", ""))
                .resolve());
    assertThat(tokens.asked).isEmpty();
  }

  @Test
  void mirrorsDoNotSeeTheRegistrysCredentials() throws IOException {
    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost mirror = host();
    TestHost other = host();
    TestHost registry = host();
    registry.manifest("v1", "{}");
    mirror.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    other.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "never"));
    registry.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    hosts(
        registry.name(),
        """
        [host."http://%s"]
        [host."http://%s"]
        """
            .formatted(mirror.name(), other.name()));

    assertThat(repository(registry.name() + "/a:v1", ME).resolve().host())
        .isEqualTo(registry.name());

    for (TestHost stranger : List.of(mirror, other, tokens)) {
      assertThat(stranger.asked).isNotEmpty();
      assertThat(stranger.asked)
          .noneMatch(a -> a.headers().toString().contains(BASIC.substring("Basic ".length())));
    }
    assertThat(mirror.asked.getFirst().query()).isEqualTo("ns=" + registry.name());
  }

  @Test
  void credentialsNamedForAMirrorGoThereAlone() throws IOException {
    TestHost mirror = host();
    TestHost registry = host();
    registry.manifest("v1", "{}");
    mirror.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", "never"));
    registry.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    hosts(registry.name(), "[host.\"http://%s\"]".formatted(mirror.name()));
    Credentials forMirror = new Credentials("me", "s3cret", "", "", "", mirror.name());

    OciException e =
        failure(
            Kind.UNAUTHENTICATED, () -> repository(registry.name() + "/a:v1", forMirror).resolve());

    assertThat(e)
        .hasMessageContaining(
            registry.name() + ": the credentials given are not for this host: 401 Unauthorized")
        .hasMessageNotContaining("s3cret");
    assertThat(mirror.asked).anyMatch(a -> a.header("Authorization").equals(Optional.of(BASIC)));
    assertThat(registry.asked).allMatch(a -> a.header("Authorization").isEmpty());
  }

  @Test
  void aMirrorsOwnSecretComesFromHostsToml() throws IOException {
    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost mirror = host();
    mirror.manifest("v1", "{}");
    mirror.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));
    hosts(
        "q.example",
        """
        [host."http://%s"]
          [host."http://%s".header]
            authorization = "%s"
            X-Team = ["a", "b"]
        """
            .formatted(mirror.name(), mirror.name(), BASIC));

    assertThat(repository("q.example/a:v1").resolve().host()).isEqualTo(mirror.name());

    assertThat(mirror.asked)
        .extracting(a -> a.header("Authorization").orElse(""))
        .containsExactly(BASIC, "Bearer T");
    assertThat(mirror.asked.getLast().headers().get("X-team")).containsExactly("a", "b");
    assertThat(tokens.asked.getFirst().header("Authorization")).contains(BASIC);
    assertThat(tokens.asked.getFirst().header("X-Team")).isEmpty();
  }

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
  void anExpiredTokenIsFetchedAnew() throws IOException {
    AtomicInteger issued = new AtomicInteger();
    TestHost tokens = host();
    tokens.before((exchange, asked) -> {
      String json = "{\"token\":\"T%d\",\"expires_in\":100}".formatted(issued.incrementAndGet());
      TestHost.reply(exchange, 200, json);
      return true;
    });
    TestHost host = host();
    Descriptor manifest = host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T" + issued));
    Repository repository = repository(host.name() + "/a:v1");

    repository.resolve();
    timing.pass(Duration.ofSeconds(99));
    repository.fetchManifest(manifest);
    assertThat(issued).hasValue(1);
    timing.pass(Duration.ofSeconds(2));
    repository.fetchManifest(manifest);
    assertThat(issued).hasValue(2);
    issued.set(7);
    repository.fetchManifest(manifest);
    assertThat(issued).hasValue(8);
  }

  @Test
  void layersThatMeetTheSameChallengeFetchOneToken() throws Exception {
    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost host = host();
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));
    Repository repository = repository(host.name() + "/a:v1");
    List<Thread> pulls = new CopyOnWriteArrayList<>();
    AtomicInteger whole = new AtomicInteger();
    for (int i = 1; i <= 8; i++) {
      byte[] content = random(i * 100);
      Descriptor blob = host.blob(content);
      pulls.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  whole.addAndGet(read(repository, blob).length);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }));
    }
    for (Thread pull : pulls) {
      pull.join();
    }

    assertThat(whole).hasValue(3600);
    assertThat(tokens.asked).hasSize(1);
  }

  @Test
  void aTokenServerThatIsNoneIsTold() throws IOException {
    TestHost host = host();
    for (String realm : List.of("", "relative", "ftp://x/y", "http://u:p@127.0.0.1/")) {
      host.before(
          (exchange, asked) -> demand(exchange, asked, "Bearer realm=\"" + realm + "\"", "never"));
      OciException e =
          failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1", ME).resolve());
      assertThat(e).hasMessageContaining("token server");
    }
    TestHost tokens = host();
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "never"));
    for (String json : List.of("", "{}", "<html>", "{\"token\":\"a\\r\\nb\"}", "[]")) {
      tokenServer(tokens, json);
      OciException e = failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1").resolve());
      assertThat(e).hasMessageContaining("token server 127.0.0.1 sent no");
    }
    tokens.before((exchange, asked) -> {
      TestHost.reply(exchange, 403, "{\"errors\":[{\"message\":\"go away\"}]}");
      return true;
    });
    OciException e =
        failure(Kind.PERMISSION_DENIED, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(e).hasMessageEndingWith("token server 127.0.0.1: 403 Forbidden (go away)");
  }
}
