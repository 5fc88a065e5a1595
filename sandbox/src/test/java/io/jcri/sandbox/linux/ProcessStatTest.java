package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ProcessStatTest {
  private static final String REST =
      " 7 7 0 -1 4194560 10 0 0 0 1 2 3 4 20 0 1 0 987654 5 6 7 8 9 10 11 12 0 0 0 0 0 0 0"
          + " 17 3 0 0 0 0 0 1 2 3 4 5 6 7 ";

  @Test
  void theNameMayHoldAnything() {
    ProcessStat stat = ProcessStat.parse("12 (a) Z (b) T 34" + REST + "9\n");
    assertThat(stat).isEqualTo(new ProcessStat("T", 34, 987654, 9));
    assertThat(stat.dead()).isFalse();
  }

  @Test
  void aDeadOneTellsHowItEnded() {
    ProcessStat killed = ProcessStat.parse("12 (a) Z 34" + REST + "9\n");
    assertThat(killed.dead()).isTrue();
    assertThat(killed.exitCode()).isEqualTo(137);
    assertThat(ProcessStat.parse("12 (a) Z 34" + REST + "1792\n").exitCode()).isEqualTo(7);
    assertThat(ProcessStat.parse("12 (a) Z 34" + REST + "139\n").exitCode()).isEqualTo(139);
  }

  @Test
  void ourselves() throws IOException {
    int pid = (int) ProcessHandle.current().pid();
    ProcessStat stat = ProcessStat.of(pid).orElseThrow();
    assertThat(stat.startTime()).isEqualTo(ProcessId.of(pid).orElseThrow().startTime());
    assertThat(ProcessStat.of(1 << 22)).isEmpty();
  }
}
