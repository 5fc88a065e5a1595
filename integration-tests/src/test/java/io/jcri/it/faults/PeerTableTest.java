package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The figures of two runtimes, side by side. */
class PeerTableTest {
  @Test
  void whatWasLostIsCountedForEach() {
    PeerFigures one = new PeerFigures("one 1.0");
    one.point(PeerFault.SHIM);
    one.container(Fate.KEPT, true, new LogCount(10, 1, 0, 0));
    one.answered(Duration.ofMillis(700));
    one.answered(Duration.ofMillis(300));
    one.answered(Duration.ofMillis(500));
    PeerFigures other = new PeerFigures("other 2.0");
    other.container(Fate.SILENT, true, new LogCount(5, 0, 2, 1));
    other.container(Fate.KEPT, false, new LogCount(5, 0, 0, 0));
    other.left(List.of("NETWORK_NAMESPACE x", "NETWORK_NAMESPACE y", "lease /z"));
    assertThat(PeerTable.of(List.of(one, other)).lines())
        .contains(
            "|  | one 1.0 | other 2.0 |",
            "| shim killed | 1 time | 0 times |",
            "| exit code and reason kept | 1 | 1 |",
            "| of those whose shim was killed: code and reason kept | 1 of 1 | 0 of 1 |",
            "| of those whose shim lived on: code and reason kept | 0 of 0 | 1 of 1 |",
            "| log lines written | 10 | 10 |",
            "| log lines lost silently | 0 | 2 |",
            "| left behind: network namespace | 0 | 2 |",
            "| left behind, all | 0 | 3 |",
            "| kill -9 of the daemon to an answer, median | 0.50 s |  |",
            "| kill -9 of the daemon to an answer, slowest | 0.70 s |  |");
    assertThat(one.isClean()).isTrue();
    assertThat(other.isClean()).isFalse();
  }
}
