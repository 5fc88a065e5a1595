package io.jcri.oci.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.Optional;
import java.util.function.Supplier;

/** Any bytes are a manifest, an index or an {@link OciException}; never two of them. */
public final class ManifestFuzz {

  private ManifestFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    Digest digest = Digest.of(input);
    boolean manifest = false;
    boolean index = false;
    for (String type :
        new String[] {MediaTypes.OCI_MANIFEST, MediaTypes.OCI_INDEX, "application/json"}) {
      Optional<Manifest> asManifest = unless(() -> Manifest.parse(input, type, digest));
      Optional<ImageIndex> asIndex = unless(() -> ImageIndex.parse(input, type, digest));
      manifest |= asManifest.isPresent();
      index |= asIndex.isPresent();
      asManifest.ifPresent(found -> {
        assertThat(found.layers()).hasSizeLessThanOrEqualTo(Manifest.MAX_LAYERS);
        assertThat(found.layers()).allMatch(layer -> layer.size() >= 0);
        assertThat(found.artifact()).isNotNull();
      });
      asIndex
          .flatMap(found -> unless(() -> found.select(HostPlatform.get(), "x")))
          .ifPresent(chosen -> assertThat(chosen).isNotEmpty());
    }
    assertThat(manifest && index).isFalse();
  }

  private static <T> Optional<T> unless(Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (OciException e) {
      assertThat(e.kind()).isIn(OciException.Kind.INVALID, OciException.Kind.NOT_FOUND);
      return Optional.empty();
    }
  }
}
