package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static io.jcri.oci.distribution.Challenges.ME;
import static io.jcri.oci.distribution.Challenges.demand;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What is read beside an image for its signatures. */
class SignaturePlacesTest extends RegistryFixture {

  @Test
  void anotherTagIsReadThroughTheSamePull() throws IOException {
    TestHost registry = host();
    registry.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    Descriptor signature =
        registry.manifest("sha256-ab.sig", "{\"schemaVersion\":2,\"config\":{}}");
    Repository image = repository(registry.name() + "/a:v1", ME);

    assertThat(image.withTag("sha256-ab.sig").resolve().descriptor()).isEqualTo(signature);
    failure(Kind.NOT_FOUND, () -> image.withTag("sha256-cd.sig").resolve());
  }

  @Test
  void theOperatorsPlaceIsAskedAsNoOne() throws IOException {
    byte[] content = random(100);
    TestHost lookaside = host();
    Descriptor blob = lookaside.blob(content);
    TestHost registry = host();
    hosts(registry.name(), "[header]\nX-Own = \"1\"");
    Repository image = repository(registry.name() + "/a:v1", ME);
    String base = "http://" + lookaside.name() + "/v2/a/blobs/";

    assertThat(image.fetchElsewhere(URI.create(base + blob.digest()), 100)).hasValue(content);
    assertThat(image.fetchElsewhere(URI.create(base + "gone"), 100)).isEmpty();
    assertThat(failure(Kind.UNAVAILABLE, () -> fetch(image, base + blob.digest(), 99)))
        .hasMessageContaining("larger than 99 bytes");
    assertThat(registry.asked).isEmpty();
    assertThat(lookaside.asked)
        .allMatch(a -> a.header("Authorization").isEmpty() && a.header("X-Own").isEmpty());
  }

  @Test
  void aPlaceThatCannotAnswerHasNotSaidThatThereIsNone() throws IOException {
    TestHost lookaside = host();
    lookaside.before((exchange, asked) -> {
      TestHost.reply(exchange, 403, "no");
      return true;
    });
    Repository image = repository("registry.invalid/a:v1");
    failure(Kind.PERMISSION_DENIED, () -> fetch(image, "http://" + lookaside.name() + "/x", 9));
  }

  private static void fetch(Repository image, String uri, int maxBytes) {
    var _ = image.fetchElsewhere(URI.create(uri), maxBytes);
  }
}
