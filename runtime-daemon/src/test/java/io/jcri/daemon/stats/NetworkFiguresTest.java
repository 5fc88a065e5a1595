package io.jcri.daemon.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.stats.NetworkFigures.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkFiguresTest {
  @Test
  void everyInterfaceButLoopback() {
    List<String> lines =
        """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
          eth0: 1234567     890    3    0    0     0          0         0  7654321     456    5    0    0     0       0          0
        """
            .lines()
            .toList();
    assertThat(NetworkFigures.parse(lines))
        .containsExactly(
            new NetworkFigures(
                "eth0", new Direction(1234567, 890, 3, 0), new Direction(7654321, 456, 5, 0)));
  }
}
