package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static io.jcri.oci.distribution.Challenges.ME;
import static io.jcri.oci.distribution.Challenges.bearer;
import static io.jcri.oci.distribution.Challenges.demand;
import static io.jcri.oci.distribution.Challenges.tokenServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a token is asked for, and how long it is kept. */
class TokenServerTest extends RegistryFixture {

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
                  throw new UncheckedIOException(e);
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
    assertThat(e).hasMessageContaining("token server 127.0.0.1: 403 Forbidden (go away): ");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectOnTheSameOriginIsFollowed(int status) throws IOException {
    TestHost tokens = host();
    tokens.before((exchange, asked) -> {
      if (asked.path().equals("/token")) {
        exchange.getResponseHeaders().set("Location", "/v2/token?" + asked.query());
        TestHost.reply(exchange, status, "");
      } else {
        TestHost.reply(exchange, 200, "{\"token\":\"T\"}");
      }
      return true;
    });
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));

    repository(host.name() + "/a:v1", ME).resolve();

    assertThat(tokens.asked)
        .extracting(TestHost.Asked::path)
        .containsExactly("/token", "/v2/token");
    assertThat(tokens.asked).allMatch(a -> a.header("Authorization").equals(Optional.of(BASIC)));

    Credentials identity = new Credentials("", "", "", "idT", "", "");
    tokens.asked.clear();
    if (status == 303) {
      failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1", identity).resolve());
      assertThat(tokens.asked).hasSize(1);
    } else {
      repository(host.name() + "/a:v1", identity).resolve();
      assertThat(tokens.asked).extracting(TestHost.Asked::method).containsExactly("POST", "POST");
    }
  }

  @Test
  void aRedirectElsewhereIsNotFollowedAndEndlessOnesEnd() throws IOException {
    TestHost elsewhere = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost tokens = host();
    TestHost host = host();
    host.before((exchange, asked) -> demand(exchange, asked, bearer(tokens), "Bearer T"));
    tokens.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://" + elsewhere.name() + "/token");
      return true;
    });
    OciException e =
        failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1", ME).resolve());
    assertThat(e)
        .hasMessageContaining("redirects to another origin, http://" + elsewhere.name())
        .hasMessageNotContaining("s3cret");
    assertThat(elsewhere.asked).isEmpty();

    tokens.asked.clear();
    tokens.before((exchange, asked) -> {
      TestHost.redirect(exchange, "/token");
      return true;
    });
    e = failure(Kind.UNAVAILABLE, () -> repository(host.name() + "/a:v1", ME).resolve());
    assertThat(e).hasMessageContaining("more than 5 redirects");
    assertThat(tokens.asked).hasSize(6);
  }
}
