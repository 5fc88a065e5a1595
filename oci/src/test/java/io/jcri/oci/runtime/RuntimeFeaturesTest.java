package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RuntimeFeaturesTest {
  /** Part of what runc 1.2 tells. */
  private static final String RUNC =
      """
      {
        "ociVersionMin": "1.0.0",
        "ociVersionMax": "1.2.0",
        "hooks": ["prestart"],
        "mountOptions": ["ro", "rro", "rbind"],
        "linux": {
          "namespaces": ["cgroup", "user"],
          "capabilities": ["CAP_CHOWN"],
          "cgroup": {"v1": true, "v2": true, "systemd": true},
          "mountExtensions": {"idmap": {"enabled": true}}
        },
        "annotations": {"org.opencontainers.runc.checkpoint.enabled": "true"}
      }
      """;

  @Test
  void aKernelWithoutMountAttributesTakesAwayWhatNeedsThem() {
    RuntimeFeatures told = RuntimeFeatures.parse(RUNC.getBytes(StandardCharsets.UTF_8));
    assertThat(told.recursiveReadOnlyMounts()).isTrue();
    assertThat(told.idmappedMounts()).isTrue();
    assertThat(told.userNamespaces()).isTrue();

    RuntimeFeatures old = told.withoutMountAttributes();
    assertThat(old.recursiveReadOnlyMounts()).isFalse();
    assertThat(old.idmappedMounts()).isFalse();
    assertThat(old.userNamespaces()).isFalse();
    assertThat(old.knowsMountOption("rbind")).isTrue();
    assertThat(old.checkpoints()).contains(true);
    assertThat(old.ociVersionMax()).isEqualTo("1.2.0");
  }
}
