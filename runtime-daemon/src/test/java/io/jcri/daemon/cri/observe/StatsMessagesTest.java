package io.jcri.daemon.cri.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.NetworkInterfaceUsage;
import io.jcri.cri.v1.NetworkUsage;
import io.jcri.daemon.stats.NetworkFigures;
import io.jcri.daemon.stats.NetworkFigures.Direction;
import java.util.List;
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
  void withoutAnEth0TheFirstIsTheDefault() {
    NetworkUsage usage = StatsMessages.network(5, List.of(figures("a", 1), figures("b", 2)));
    assertThat(usage.getDefaultInterface().getName()).isEqualTo("a");
  }
}
