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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Who is told which secret. */
class AuthorizationTest extends RegistryFixture {

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
  void a401WithoutAChallengeIsAnsweredWithNameAndPasswordOnce() throws IOException {
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> {
      if (asked.header("Authorization").equals(Optional.of(BASIC))) {
        return false;
      }
      TestHost.reply(exchange, 401, "");
      return true;
    });

    repository(host.name() + "/a:v1", ME).resolve();
    assertThat(host.asked).hasSize(2);

    host.asked.clear();
    failure(
        Kind.UNAUTHENTICATED,
        () -> repository(host.name() + "/a:v1", Credentials.of("you", "x")).resolve());
    assertThat(host.asked).hasSize(2);
    failure(Kind.UNAUTHENTICATED, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(host.asked).hasSize(3);
  }
}
