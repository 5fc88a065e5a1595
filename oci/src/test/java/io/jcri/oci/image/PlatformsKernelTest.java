package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who says what an image runs on: its index, then its config. */
class PlatformsKernelTest extends ImageStoreFixture {

  private static final Map<String, String> AMD64 = Map.of("os", "linux", "architecture", "amd64");

  private static final String SHARED = "registry.test/parts:";

  /** The image's blobs are in the registry; the entry is for an index. */
  private Map<String, Object> entry(String name, TestImage image, Map<String, Object> more) {
    Descriptor manifest = image.build();
    registry.serve(SHARED + name, image);
    Map<String, Object> entry = new HashMap<>(TestImage.json(manifest));
    entry.putAll(more);
    return entry;
  }

  @Test
  void anIndexIsBelievedRatherThanTheConfig() throws Exception {
    Map<String, Object> platform = Map.of("platform", AMD64);
    for (String wrong : List.of("s390x", "")) {
      registry.serveIndex(NAME, List.of(entry("a", smallImage().architecture(wrong), platform)));
      ImageStore store = open(new DirectFetcher.Options(4, true));
      Image image = pull(store, NAME);
      assertThat(image.platform()).isEqualTo(new Platform("linux", "amd64"));
      assertThat(store.remove(NAME)).isNotEmpty();
      assertNothingIsLeft(store);
    }
  }

  @Test
  void withoutAnIndexAnotherPlatformIsAWarning() {
    registry.serve(NAME, smallImage().architecture("s390x"));
    ImageStore store = open();
    assertThat(pull(store, NAME).platform()).isEqualTo(new Platform("linux", "s390x"));
  }

  @Test
  void aConfigWithoutArchitectureIsTaken() {
    registry.serve(NAME, smallImage().architecture(""));
    assertThat(pull(open(new DirectFetcher.Options(4, true)), NAME).repoTags())
        .containsExactly(NAME);
  }

  @Test
  void entriesThatDoNotSayAreAskedOneAfterTheOther() {
    TestImage right = smallImage().config("User", "right");
    Map<String, Object> gone = entry("gone", smallImage().config("User", "gone"), Map.of());
    gone.put("digest", "sha256:" + "0".repeat(64));
    registry.serveIndex(
        NAME,
        List.of(
            entry("other", smallImage().architecture("s390x"), Map.of()),
            gone,
            entry("right", right, Map.of())));
    assertThat(pull(open(), NAME).user()).isEqualTo("right");

    registry.serveIndex(
        NAME, List.of(entry("other", smallImage().architecture("s390x"), Map.of())));
    assertFails(open(), OciException.Kind.NOT_FOUND, "is for linux/s390x");
  }
}
