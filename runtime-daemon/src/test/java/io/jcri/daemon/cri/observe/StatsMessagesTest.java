package io.jcri.daemon.cri.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.NetworkInterfaceUsage;
import io.jcri.cri.v1.NetworkUsage;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.stats.NetworkFigures;
import io.jcri.daemon.stats.NetworkFigures.Direction;
import io.jcri.daemon.stats.Usage;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.runtime.RuntimeStats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatsMessagesTest {
  private static NetworkFigures figures(String name, long bytes) {
    return new NetworkFigures(
        name, new Direction(bytes, 2, 3, 4), new Direction(bytes + 1, 6, 7, 8));
  }

  @Test
  void theDefaultInterfaceIsInTheListToo() {
    NetworkUsage usage =
        StatsMessages.network(5, List.of(figures("net1", 10), figures("eth0", 20)));
    assertThat(usage.getInterfacesList())
        .extracting(NetworkInterfaceUsage::getName)
        .containsExactly("net1", "eth0");
    assertThat(usage.getDefaultInterface()).isEqualTo(usage.getInterfaces(1));
    assertThat(usage.getDefaultInterface().getRxBytes().getValue()).isEqualTo(20);
  }

  @Test
  void whatARuntimeDoesNotTellIsNoZero() {
    Usage usage =
        new Usage(
            9,
            Optional.empty(),
            Optional.of(new RuntimeStats(5, 1000, 300, OptionalLong.of(4096), 7)),
            11,
            Map.of(),
            DiskUsage.NONE);
    io.jcri.cri.v1.ContainerStats told =
        StatsMessages.container(Samples.container("c", "p", 1), usage, "/images");
    assertThat(told.getCpu().getTimestamp()).isEqualTo(9);
    assertThat(told.getCpu().getUsageCoreNanoSeconds().getValue()).isEqualTo(5);
    assertThat(told.getCpu().getUsageNanoCores().getValue()).isEqualTo(11);
    assertThat(told.getMemory().getUsageBytes().getValue()).isEqualTo(1000);
    assertThat(told.getMemory().getWorkingSetBytes().getValue()).isEqualTo(700);
    assertThat(told.getMemory().getAvailableBytes().getValue()).isEqualTo(3396);
    assertThat(told.getMemory().hasRssBytes()).isFalse();
    assertThat(told.hasSwap()).isFalse();
  }

  @Test
  void withoutAnEth0TheFirstIsTheDefault() {
    NetworkUsage usage = StatsMessages.network(5, List.of(figures("a", 1), figures("b", 2)));
    assertThat(usage.getDefaultInterface().getName()).isEqualTo("a");
  }
}
