package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Repositories that registries.conf has elsewhere, at hosts that ask who is there. */
class MovedRepositoriesTest extends RegistryFixture {

  private static final String JSON = "{\"schemaVersion\":2}";

  @Test
  void aMirrorIsAskedForTheRepositoryThatItHas() throws IOException {
    TestHost mirror = host();
    mirror.manifest("v1", JSON);
    registries(
        """
        [[registry]]
        prefix = "moved.invalid/team"
        [[registry.mirror]]
        location = "%s/cache/t"
        """
            .formatted(mirror.name()));

    assertThat(repository("moved.invalid/team/app:v1").resolve().host()).isEqualTo(mirror.name());

    assertThat(mirror.asked)
        .extracting(TestHost.Asked::path)
        .containsExactly("/v2/cache/t/app/manifests/v1");
    assertThat(mirror.asked.getFirst().query()).isEmpty();
  }

  /** A token for one of them opens not the other. */
  @Test
  void eachPlaceHasATokenOfItsOwn() throws IOException {
    TestHost host = host();
    host.manifest("v1", JSON);
    host.before((exchange, asked) -> {
      if (asked.path().equals("/token")) {
        String repository = asked.query().replaceAll(".*repository:([^:&]*):pull.*", "$1");
        TestHost.reply(exchange, 200, "{\"token\":\"" + repository.replace('/', '.') + "\"}");
        return true;
      }
      boolean second = asked.path().startsWith("/v2/second/app/");
      if (second && asked.header("Authorization").equals(Optional.of("Bearer second.app"))) {
        return false;
      }
      if (asked.path().startsWith("/v2/first/app/")
          && asked.header("Authorization").equals(Optional.of("Bearer first.app"))) {
        TestHost.reply(exchange, 404, "");
        return true;
      }
      exchange
          .getResponseHeaders()
          .set("WWW-Authenticate", "Bearer realm=\"http://" + host.name() + "/token\"");
      TestHost.reply(exchange, 401, "");
      return true;
    });
    registries(
        """
        [[registry]]
        prefix = "moved.invalid"
        location = "%1$s/second"
        [[registry.mirror]]
        location = "%1$s/first"
        """
            .formatted(host.name()));

    assertThat(repository("moved.invalid/app:v1").resolve().descriptor().size())
        .isEqualTo(JSON.length());

    assertThat(host.asked)
        .filteredOn(asked -> asked.path().equals("/token"))
        .extracting(TestHost.Asked::query)
        .anyMatch(query -> query.contains("first/app"))
        .anyMatch(query -> query.contains("second/app"));
  }
}
