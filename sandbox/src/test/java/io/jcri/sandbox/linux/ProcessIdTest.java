package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProcessIdTest {
  private static final String REST = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21";

  @Test
  void theNameMayHoldAnything() {
    assertThat(ProcessId.parse(7, "7 (a) S 1 (b c)) R" + REST)).contains(new ProcessId(7, 987_654));
  }

  @Test
  void aZombieIsNoProcess() {
    assertThat(ProcessId.parse(7, "7 (x) Z" + REST)).isEmpty();
    assertThat(ProcessId.parse(7, "7 (x) X" + REST)).isEmpty();
  }

  @Test
  void whatIsToDieIsDying() {
    String rest = " 1 1 1 0 -1 %d 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 3 4 5 6 7 8 %d 0 0 0";
    assertThat(ProcessId.dying("7 (x) S" + rest.formatted(0x400000, 0))).isFalse();
    assertThat(ProcessId.dying("7 (x) S" + rest.formatted(0x400000, 1 << 14))).isFalse();
    assertThat(ProcessId.dying("7 (x) S" + rest.formatted(0x400000, 1 << 8))).isTrue();
    assertThat(ProcessId.dying("7 (x) S" + rest.formatted(0x400004, 0))).isTrue();
    assertThat(ProcessId.dying("7 (x) Z" + rest.formatted(0x400000, 0))).isTrue();
  }

  @Test
  void waitStatusesAreToldApart() {
    assertThat(WaitStatus.of(3 << 8)).isEqualTo(new WaitStatus(3, 0));
    assertThat(WaitStatus.of(9)).isEqualTo(new WaitStatus(137, 9));
    assertThat(WaitStatus.of(11 | 0x80)).isEqualTo(new WaitStatus(139, 11));
  }
}
