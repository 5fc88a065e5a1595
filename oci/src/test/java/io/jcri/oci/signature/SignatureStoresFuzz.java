package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;

/**
 * Any bytes are a file of registries.d or an {@link OciException}; where it says that signatures
 * are is a place to read from.
 */
public final class SignatureStoresFuzz {

  private static final List<ImageReference> ASKED =
      List.of(
          ImageReference.parse("r.example/a/b:1"),
          ImageReference.parse("a.r.example:5000/a@sha256:" + "0".repeat(64)),
          ImageReference.parse("busybox"));

  private SignatureStoresFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    SignatureStores stores = new SignatureStores();
    try {
      stores.add(input);
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID);
      assertThat(e).hasMessageNotContaining("\n").message().hasSizeBetween(1, 1100);
      return;
    }
    for (ImageReference asked : ASKED) {
      try {
        SignatureStores.Place place = stores.of(asked);
        assertThat(place.lookaside().getScheme()).isIn("file", "http", "https");
        assertThat(place.lookaside().getRawPath()).isNotNull();
        assertThat(place.lookaside().getRawUserInfo()).isNull();
      } catch (OciException e) {
        assertThat(e.kind()).isEqualTo(OciException.Kind.SIGNATURE_VALIDATION_FAILED);
        assertThat(e).hasMessageContaining("the lookaside ").hasMessageNotContaining("\n");
      }
    }
  }
}
