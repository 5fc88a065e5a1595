package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.nio.charset.StandardCharsets;

/** Any text is a reference or an {@link OciException}; one that was read reads back the same. */
public final class ReferenceFuzz {

  private ReferenceFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    ImageReference reference;
    try {
      reference = ImageReference.parse(text);
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID);
      return;
    }
    assertThat(ImageReference.parse(reference.toString())).isEqualTo(reference);
    assertThat(reference.toString()).matches("[A-Za-z0-9._:/@\\[\\]%~-]{1,4096}");
    assertThat(reference.registry()).isNotEmpty();
    assertThat(reference.wanted()).isNotEmpty();
    RegistryHost host = HostsConfig.fallback(reference.registry(), TransportSettings.DEFAULT);
    assertThat(host.uri(reference, "manifests/x").getRawPath()).endsWith("/manifests/x");
    if (ImageReference.isShort(text)) {
      assertThat(reference.registry()).isEqualTo(ImageReference.DOCKER);
    }
  }
}
