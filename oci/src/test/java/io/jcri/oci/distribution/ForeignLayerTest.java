package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static io.jcri.oci.distribution.Challenges.ME;
import static io.jcri.oci.distribution.Challenges.demand;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Layers that are not in the registry but where their descriptor says. */
class ForeignLayerTest extends RegistryFixture {

  private static final String FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

  private static Descriptor layer(String type, byte[] content, String... urls) {
    return new Descriptor(
        type, Digest.of(content), content.length, Optional.empty(), Map.of(), List.of(urls));
  }

  @Test
  void aForeignLayerIsFetchedFromItsOwnerAsNoOne() throws IOException {
    byte[] content = random(1000);
    TestHost owner = host();
    owner.blob(content);
    TestHost registry = host();
    registry.before((exchange, asked) -> demand(exchange, asked, "Basic realm=\"x\"", BASIC));
    hosts(
        registry.name(),
        "server = \"http://%s\"\n[header]\nX-Own = \"1\"".formatted(registry.name()));
    Descriptor foreign =
        layer(
            FOREIGN,
            content,
            "ftp://" + owner.name() + "/x",
            "http://plain.example/x",
            "http://" + owner.name() + "/blobs/gone",
            "http://" + owner.name() + "/blobs/" + Digest.of(content));

    assertThat(read(repository(registry.name() + "/a:v1", ME), foreign)).isEqualTo(content);
    assertThat(registry.asked).isEmpty();
    assertThat(owner.asked)
        .hasSize(2)
        .allMatch(a -> a.header("Authorization").isEmpty() && a.header("X-Own").isEmpty());
  }

  @Test
  void theOwnerMayNotSendUsToPlainHttpAndTheRegistryIsAskedThen() throws IOException {
    byte[] content = random(1000);
    TestHost owner = host();
    owner.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://plain.example/x");
      return true;
    });
    TestHost registry = host();
    registry.blob(content);
    Descriptor foreign = layer(FOREIGN, content, "http://" + owner.name() + "/x");

    assertThat(read(repository(registry.name() + "/a:v1"), foreign)).isEqualTo(content);
    assertThat(owner.asked).hasSize(1);
    assertThat(registry.asked).hasSize(1);
  }

  @Test
  void onlyForeignLayersHaveUrlsAndOnlyAFew() {
    byte[] content = random(1);
    assertThat(layer(MediaTypes.OCI_LAYER_GZIP, content, "https://h/x").urls()).isEmpty();
    assertThat(
            layer(
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
                    content,
                    "https://h/" + "x".repeat(5000),
                    "https://h/x")
                .urls())
        .containsExactly("https://h/x");
    String[] many = Collections.nCopies(1000, "https://h/x").toArray(String[]::new);
    assertThat(layer(FOREIGN, content, many).urls()).hasSize(16);
  }
}
