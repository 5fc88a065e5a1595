package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static io.jcri.oci.distribution.Challenges.ME;
import static io.jcri.oci.distribution.Challenges.demand;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.io.IOException;
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
}
