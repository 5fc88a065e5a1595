package io.jcri.it.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A kubelet that asks each second, as today's do. */
@EnabledIf("available")
class KubeletTest extends KubeletPods {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @BeforeAll
  static void startKubelet() throws IOException {
    start("featureGates: {PodAndContainerStatsFromCRI: true}");
  }

  /** By the gate with which the kubelet takes these from the runtime. */
  @Test
  void dashboardsKnowWhoseFiguresTheyShow() throws IOException {
    run("seen", shell("seen", "exec sleep 100000"), view -> view.ready(1));
    try (KubeletClient client = kubelet().client()) {
      String metrics = client.get("/metrics/cadvisor");
      for (String name :
          new String[] {
            "container_cpu_usage_seconds_total",
            "container_memory_working_set_bytes",
            "container_start_time_seconds"
          }) {
        assertThat(metrics.lines())
            .as(name)
            .anyMatch(line ->
                line.startsWith(name + "{")
                    && line.contains("container=\"main\"")
                    && line.contains("pod=\"seen-localhost\""));
      }
      assertThat(metrics.lines())
          .anyMatch(line ->
              line.startsWith("container_network_receive_bytes_total{")
                  && line.contains("pod=\"seen-localhost\""));
      assertThat(client.get("/stats/summary")).contains("\"rxBytes\"");
    }
  }

  /** When the disk is fuller than it may be: here whenever there is anything on it. */
  @Test
  void imagesThatNobodyUsesAreCollected() throws IOException {
    String unused = NODE.load("unused", TestImages.marked("unused"));
    run("uses", shell("uses", "exec sleep 100000"), view -> view.ready(1));
    kubelet()
        .restart(
            "evictionHard: {imagefs.available: \"99.99%\"}",
            "evictionPressureTransitionPeriod: 1s", "imageMinimumGCAge: 1ms");
    Waiting.until(PATIENCE, () -> !isThere(unused), () -> "still there: " + unused);
    assertThat(isThere(NODE.busybox())).isTrue();
  }

  private static boolean isThere(String reference) {
    return NODE
        .cri()
        .images()
        .listImages(ListImagesRequest.getDefaultInstance())
        .getImagesList()
        .stream()
        .map(Image::getRepoTagsList)
        .anyMatch(tags -> tags.contains(reference));
  }
}
