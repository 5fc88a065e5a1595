package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.faults.Program.End;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the judge makes of a program's log. */
class ProgramTest {
  private static final Program COUNTING = new Program(End.BY_ITSELF, 2, 7);
  private static final Program STUBBORN = new Program(End.WHEN_KILLED, 2, 7);

  @Test
  void aWholeLogHasNothingWrong() {
    assertThat(COUNTING.wrongIn(List.of("line 0", "line 1", "end 2"), true)).isNull();
    assertThat(STUBBORN.wrongIn(List.of("line 0", "line 1"), true)).isNull();
  }

  @Test
  void aSignalBetweenALineAndItsCountingIsNoLoss() {
    assertThat(COUNTING.wrongIn(List.of("line 0", "line 1", "end 1"), true)).isNull();
  }

  @Test
  void aLineThatIsMissingDoubledOrBrokenIsNamed() {
    assertThat(COUNTING.wrongIn(List.of("line 0", "line 2", "end 3"), true)).contains("line 2");
    assertThat(COUNTING.wrongIn(List.of("line 0", "line 0", "end 1"), true)).contains("line 0");
    assertThat(COUNTING.wrongIn(List.of("line 0", "line", "end 2"), true)).contains("'line'");
    assertThat(COUNTING.wrongIn(List.of("line 0", "end 2"), true)).contains("1 lines, of 2");
  }

  @Test
  void anEndIsMissedOnlyWhereNobodyHasKilledWhatWritesIt() {
    assertThat(COUNTING.wrongIn(List.of("line 0"), true)).contains("breaks off after 1");
    assertThat(COUNTING.wrongIn(List.of("line 0"), false)).isNull();
    assertThat(STUBBORN.wrongIn(List.of(), true)).contains("empty");
  }

  @Test
  void whatWasDroppedMustBeAsMuchAsIsMissing() {
    List<String> log = List.of("line 0", "end 2");
    assertThat(COUNTING.wrongIn(log, true, 7)).isNull();
    assertThat(COUNTING.wrongIn(log, true, 6)).contains("7 bytes are missing");
    assertThat(COUNTING.wrongIn(log, true, 8)).contains("7 bytes are missing");
    assertThat(COUNTING.wrongIn(List.of("line 1", "line 0"), true, 100)).contains("line 0");
    assertThat(COUNTING.wrongIn(List.of("line 1"), true, 13)).isNull();
    assertThat(STUBBORN.wrongIn(List.of("line 0", "line 2"), true, 7)).isNull();
    assertThat(STUBBORN.wrongIn(List.of("line 0", "line 2"), true, 6)).contains("only 6");
  }

  @Test
  void linesMayBeMissingWhereTheLogSaysThatItsShimHasDied() {
    String broke = Program.BREAK;
    assertThat(COUNTING.wrongIn(List.of("line 0", "line 1", "end 2", broke), true)).isNull();
    assertThat(COUNTING.wrongIn(List.of("line 0", "end 2", broke), true)).contains("of 2");
    assertThat(COUNTING.wrongIn(List.of("line 0", broke, "line 5", "end 6"), true)).isNull();
    assertThat(COUNTING.wrongIn(List.of("line 0", broke, "end 6"), true)).isNull();
    assertThat(COUNTING.wrongIn(List.of("line 0", broke, "line 0", "end 1"), true))
        .contains("line 0");
    assertThat(COUNTING.wrongIn(List.of("line 0", broke, "line 1", "line 3", "end 4"), true))
        .contains("line 3");
    assertThat(COUNTING.wrongIn(List.of("line 0", broke, "li", "end 4"), true)).contains("'li'");
  }
}
