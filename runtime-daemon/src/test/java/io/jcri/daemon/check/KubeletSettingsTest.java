package io.jcri.daemon.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KubeletSettingsTest {
  @Test
  void flagsAreReadInAllTheirForms() {
    assertThat(
            KubeletSettings.flags(
                List.of("--a=b=c", "-v", "2", "--yes", "--config", "/etc/k.yaml", "--last")))
        .containsExactly(
            Map.entry("a", "b=c"),
            Map.entry("v", "2"),
            Map.entry("yes", "true"),
            Map.entry("config", "/etc/k.yaml"),
            Map.entry("last", "true"));
  }

  @Test
  void flagsBeatTheFile() {
    KubeletSettings settings =
        new KubeletSettings(
            "x",
            Map.of("cgroupDriver", "cgroupfs", "featureGates", Map.of("A", "true", "B", "false")),
            Map.of("cgroup-driver", "systemd", "feature-gates", "B=true, C=false"));
    assertThat(settings.value("cgroup-driver", "cgroupDriver")).hasValue("systemd");
    assertThat(settings.value("none", "cgroupDriver")).hasValue("cgroupfs");
    assertThat(settings.value("none", "none")).isEmpty();
    assertThat(settings.gate("A")).hasValue(true);
    assertThat(settings.gate("B")).hasValue(true);
    assertThat(settings.gate("C")).hasValue(false);
    assertThat(settings.gate("D")).isEmpty();
  }

  @Test
  void endpointsAreComparedByTheirFile() {
    Path ours = Path.of("/run/jcri/jcri.sock");
    assertThat(Endpoints.path("unix:///run/jcri/jcri.sock")).isEqualTo(ours);
    assertThat(Endpoints.path("unix:///var/run/jcri/jcri.sock")).isEqualTo(ours);
    assertThat(Endpoints.path("/run/jcri/jcri.sock")).isEqualTo(ours);
    assertThat(Endpoints.path("unix:///run/containerd/containerd.sock")).isNotEqualTo(ours);
  }
}
