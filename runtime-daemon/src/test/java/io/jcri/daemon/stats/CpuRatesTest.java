package io.jcri.daemon.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuRatesTest {
  private static final long SECOND = 1_000_000_000L;

  private final CpuRates rates = new CpuRates(_ -> true);

  private static long notAsked() {
    throw new AssertionError("the age is for the first answer only");
  }

  @Test
  void theFirstAnswerIsTheAverageSinceTheStart() {
    assertThat(rates.nanoCores("a", 10 * SECOND, 2 * SECOND, () -> 4 * SECOND))
        .isEqualTo(SECOND / 2);
  }

  @Test
  void thenItIsTheRateBetweenQuestions() {
    rates.nanoCores("a", 10 * SECOND, 2 * SECOND, () -> 4 * SECOND);
    assertThat(rates.nanoCores("a", 12 * SECOND, 6 * SECOND, CpuRatesTest::notAsked))
        .isEqualTo(2 * SECOND);
  }

  @Test
  void questionsThatFollowTooCloselyGetTheLastAnswer() {
    long first = rates.nanoCores("a", 10 * SECOND, 2 * SECOND, () -> 4 * SECOND);
    assertThat(rates.nanoCores("a", 10 * SECOND + 1000, 3 * SECOND, CpuRatesTest::notAsked))
        .isEqualTo(first);
  }

  @Test
  void aCounterThatBeginsAnewBeginsAnew() {
    rates.nanoCores("a", 10 * SECOND, 9 * SECOND, () -> 10 * SECOND);
    assertThat(rates.nanoCores("a", 20 * SECOND, SECOND, () -> 2 * SECOND)).isEqualTo(SECOND / 2);
  }
}
