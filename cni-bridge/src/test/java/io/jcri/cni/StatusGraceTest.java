package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a failing network is told to be so, by a clock of the test's own. */
final class StatusGraceTest {
  private static final NetworkStatus READY = NetworkStatus.ready("");
  private static final NetworkStatus FAILING = NetworkStatus.notReady("no luck");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final StatusGrace grace = new StatusGrace(now::get);

  private void pass(int seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void withoutAGraceAllIsToldAtOnce() {
    assertThat(grace.told(READY)).isEqualTo(READY);
    assertThat(grace.told(FAILING)).isEqualTo(FAILING);
    assertThat(grace.told(READY)).isEqualTo(READY);
  }

  @Test
  void aFailureIsToldWhenItHasLastedForTheGrace() {
    grace.use(Duration.ofSeconds(30));
    assertThat(grace.told(READY)).isEqualTo(READY);
    pass(1000);
    assertThat(grace.told(FAILING))
        .isEqualTo(NetworkStatus.ready("not ready, which is not told yet: no luck"));
    pass(29);
    assertThat(grace.told(FAILING).ready()).isTrue();
    pass(1);
    assertThat(grace.told(FAILING)).isEqualTo(FAILING);
    assertThat(grace.told(FAILING)).as("once told").isEqualTo(FAILING);
  }

  @Test
  void theGraceBeginsAnewWithEachFailure() {
    grace.use(Duration.ofSeconds(30));
    NetworkStatus _ = grace.told(READY);
    for (int i = 0; i < 3; i++) {
      assertThat(grace.told(FAILING).ready()).isTrue();
      pass(20);
      assertThat(grace.told(READY)).isEqualTo(READY);
      pass(20);
    }
  }

  @Test
  void whatWasNeverReadyIsToldAtOnce() {
    grace.use(Duration.ofSeconds(30));
    assertThat(grace.told(FAILING)).isEqualTo(FAILING);
    grace.wasReady();
    assertThat(grace.told(FAILING)).isEqualTo(FAILING);
  }

  @Test
  void whatTheDaemonBeforeHasToldIsAsIfThisOneHad() {
    grace.use(Duration.ofSeconds(30));
    grace.wasReady();
    assertThat(grace.told(FAILING).ready()).isTrue();
    pass(30);
    assertThat(grace.told(FAILING)).isEqualTo(FAILING);
  }

  @Test
  void anotherGraceCountsForAFailureThatLasts() {
    grace.use(Duration.ofSeconds(30));
    NetworkStatus _ = grace.told(READY);
    assertThat(grace.told(FAILING).ready()).isTrue();
    pass(10);
    grace.use(Duration.ofSeconds(5));
    assertThat(grace.told(FAILING)).isEqualTo(FAILING);
  }
}
