package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import java.util.Map;

/** Any bytes are an image's config or an {@link OciException}; what was read is within limits. */
public final class ImageConfigFuzz {

  private ImageConfigFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      ImageConfig config = ImageConfig.parse(input, "x").config();
      assertThat(config.volumes()).hasSizeLessThanOrEqualTo(ImageLimits.VOLUMES);
      assertThat(config.env()).doesNotContainNull();
      assertThat(config.entrypoint()).doesNotContainNull();
      assertThat(config.command()).doesNotContainNull();
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID);
    }
    try {
      Map<String, String> labels = ImageConfig.labels(input, "x");
      assertThat(labels.values()).doesNotContainNull();
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID);
    }
  }
}
