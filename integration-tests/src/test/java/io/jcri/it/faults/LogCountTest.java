package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.faults.Program.End;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lines that are there, missing, doubled or torn. */
class LogCountTest {
  private static final Program COUNTING = new Program(End.BY_ITSELF, 3, 7);
  private static final Program OBEDIENT = new Program(End.WHEN_TOLD, 3, 7);
  private static final Program STUBBORN = new Program(End.WHEN_KILLED, 3, 7);

  @Test
  void aWholeLogLacksNothing() {
    assertThat(count(COUNTING, true, "F line 0", "F line 1", "F line 2", "F end 3"))
        .isEqualTo(new LogCount(4, 0, 0, 0));
    assertThat(count(OBEDIENT, true, "F line 0", "F line 1", "F end 1"))
        .isEqualTo(new LogCount(3, 0, 0, 0));
  }

  @Test
  void whatIsMissingIsCountedToTheEndThatIsKnown() {
    assertThat(count(COUNTING, true, "F line 0", "F line 2")).isEqualTo(new LogCount(4, 0, 2, 0));
    assertThat(count(COUNTING, false, "F line 1")).isEqualTo(new LogCount(2, 0, 1, 0));
    assertThat(count(COUNTING, true)).isEqualTo(new LogCount(4, 0, 4, 0));
    assertThat(count(OBEDIENT, true, "F line 0", "F end 3")).isEqualTo(new LogCount(4, 0, 2, 0));
    assertThat(count(STUBBORN, true, "F line 0", "F line 2")).isEqualTo(new LogCount(3, 0, 1, 0));
  }

  @Test
  void piecesOfALineAreOneAndWhatHasLostItsBeginIsTorn() {
    assertThat(count(STUBBORN, true, "P li", "F ne 0", "F line 1"))
        .isEqualTo(new LogCount(2, 0, 0, 0));
    assertThat(count(STUBBORN, true, "F line 0", "F ine 1", "F line 2"))
        .isEqualTo(new LogCount(3, 0, 1, 1));
    assertThat(count(STUBBORN, true, "F line 0", "F line 0")).isEqualTo(new LogCount(1, 0, 0, 1));
  }

  @Test
  void aMarkExcusesWhatIsMissingThereAndNowhereElse() {
    String broke = "F " + Program.BREAK;
    assertThat(count(COUNTING, true, "F line 0", broke, "F line 2", "F end 3"))
        .isEqualTo(new LogCount(4, 1, 0, 0));
    assertThat(count(COUNTING, true, "F line 1", broke, "F line 2"))
        .isEqualTo(new LogCount(4, 0, 2, 0));
    assertThat(count(COUNTING, true, "F line 0", broke)).isEqualTo(new LogCount(4, 3, 0, 0));
    assertThat(count(COUNTING, true, "F line 0", "F [jcri: 14 bytes dropped]", "F end 3"))
        .isEqualTo(new LogCount(4, 2, 0, 0));
  }

  private static LogCount count(Program program, boolean whole, String... entries) {
    return LogCount.of(
        program,
        Stream.of(entries)
            .map(each ->
                "2026-01-01T00:00:00.0Z %s %s"
                    .formatted(each.contains("[jcri") ? "stderr" : "stdout", each))
            .toList(),
        whole);
  }
}
