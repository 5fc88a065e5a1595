package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A part of what {@code scripts/faults} does that is the same every time: over 300 faults. */
class FaultsTest {
  private static final String ROUNDS = "150";

  @Test
  void nothingIsLostAndNothingLeftWhateverBreaks() throws IOException, InterruptedException {
    FaultOptions options =
        FaultOptions.parse("--seed", "1", "--rounds", ROUNDS, "--seconds", "3000");
    assertThat(FaultRun.run(options, options.kinds(), System.out)).isEmpty();
  }
}
