package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.check.Finding;
import io.jcri.daemon.check.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckTableTest {
  private static final List<Finding> FINDINGS =
      List.of(
          new Finding("a.good", Verdict.OK, "fine", Optional.empty()),
          new Finding("b.worse", Verdict.FAIL, "broken\nhere", Optional.of("mend it")));

  @Test
  void remediesStandBelowWhatIsNotWell() {
    assertThat(new CheckTable(false).lines(FINDINGS))
        .containsExactly(
            "CHECK    RESULT   FOUND",
            "a.good   ok       fine",
            "b.worse  FAIL     broken here",
            "                  → mend it",
            "",
            "1 failure, no warnings");
  }

  @Test
  void aTerminalGetsColoursAndTheSameWords() {
    List<String> lines = new CheckTable(true).lines(FINDINGS);
    assertThat(lines.get(2)).contains("\033[31;1mFAIL     \033[0mbroken here");
    assertThat(lines.stream().map(line -> line.replaceAll("\033\\[[0-9;]*m", "")))
        .containsExactlyElementsOf(new CheckTable(false).lines(FINDINGS));
  }
}
