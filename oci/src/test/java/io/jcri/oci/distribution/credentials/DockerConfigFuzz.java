package io.jcri.oci.distribution.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.manifest.ImageReference;

/** Any bytes are a file of credentials or an {@link OciException}; what it says can be asked. */
public final class DockerConfigFuzz {

  private static final RegistryHost HUB =
      HostsConfig.fallback(ImageReference.DOCKER, TransportSettings.DEFAULT);
  private static final RegistryHost OTHER =
      HostsConfig.fallback("r.example:5000", TransportSettings.DEFAULT);

  private DockerConfigFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      DockerConfig config = DockerConfig.parse(input);
      int most = config.auths().size() + config.credHelpers().size() + 1;
      assertThat(config.placesFor(HUB, "library/busybox")).hasSizeLessThanOrEqualTo(most);
      assertThat(config.placesFor(OTHER, "a/b")).hasSizeLessThanOrEqualTo(most);
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID);
      assertThat(e).hasNoCause();
    }
  }
}
