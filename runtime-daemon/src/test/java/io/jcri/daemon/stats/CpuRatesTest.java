package io.jcri.daemon.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuRatesTest {
  private static final long SECOND = 1_000_000_000L;

  private final CpuRates rates = new CpuRates(_ -> true);

  @Test
  void theFirstAnswerIsTheAverageSinceTheStart() {
    assertThat(rates.nanoCores("a", 10 * SECOND, 2 * SECOND, 6 * SECOND)).isEqualTo(SECOND / 2);
  }

  @Test
  void thenItIsTheRateBetweenQuestions() {
    rates.nanoCores("a", 10 * SECOND, 2 * SECOND, 6 * SECOND);
    assertThat(rates.nanoCores("a", 12 * SECOND, 6 * SECOND, 6 * SECOND)).isEqualTo(2 * SECOND);
  }

  @Test
  void questionsThatFollowTooCloselyGetTheLastAnswer() {
    long first = rates.nanoCores("a", 10 * SECOND, 2 * SECOND, 6 * SECOND);
    assertThat(rates.nanoCores("a", 10 * SECOND + 1000, 3 * SECOND, 6 * SECOND)).isEqualTo(first);
  }

  @Test
  void aCounterThatBeginsAnewBeginsAnew() {
    rates.nanoCores("a", 10 * SECOND, 9 * SECOND, 0);
    assertThat(rates.nanoCores("a", 20 * SECOND, SECOND, 18 * SECOND)).isEqualTo(SECOND / 2);
  }
}
