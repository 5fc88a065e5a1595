package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class OutputBudgetTest {
  private static final int OWN = OutputBudget.OWN;
  private static final int ONE = 1000;
  private static final int POOL = 600;

  private final OutputBudget budget = new OutputBudget(ONE + POOL, ONE);

  private OutputBudget.Share hasty() throws InterruptedException {
    return used(Duration.ZERO);
  }

  private OutputBudget.Share used(Duration patience) throws InterruptedException {
    OutputBudget.Share share = budget.share(patience);
    assertThat(share.take(OWN)).isTrue();
    return share;
  }

  @Test
  void aLittleIsThereHoweverMuchOthersHave() throws InterruptedException {
    OutputBudget.Share first = hasty();
    assertThat(first.take(POOL)).isTrue();
    assertThat(first.take(ONE)).isTrue();
    assertThat(hasty().take(1)).isFalse();
    assertThat(budget.share(Duration.ZERO).take(OWN)).isTrue();
  }

  @Test
  void whoHasWaitedForNothingGetsNoMore() throws InterruptedException {
    OutputBudget.Share first = hasty();
    OutputBudget.Share second = hasty();
    assertThat(first.take(POOL)).isTrue();
    assertThat(second.take(1)).as("its turn").isTrue();
    assertThat(first.take(1)).isFalse();
    assertThat(second.take(ONE - 1)).isTrue();
  }

  /** Each holds a part and wants the rest: one after the other gets it. */
  @Test
  void callsThatHoldPartsDoNotStopEachOtherForEver() throws Exception {
    Duration ample = Duration.ofMinutes(5);
    OutputBudget.Share first = used(ample);
    OutputBudget.Share second = used(ample);
    assertThat(first.take(POOL / 2)).isTrue();
    assertThat(second.take(POOL / 2)).isTrue();
    assertThat(first.take(ONE / 2)).isTrue();
    FutureTask<Boolean> rest = new FutureTask<>(() -> second.take(ONE / 2));
    Thread.ofVirtual().start(rest);
    first.close();
    assertThat(rest.get()).isTrue();
  }

  @Test
  void closingGivesBackWhatWasTakenOnce() throws InterruptedException {
    OutputBudget.Share first = hasty();
    assertThat(first.take(POOL)).isTrue();
    first.close();
    first.close();
    assertThat(first.take(1)).isFalse();
    OutputBudget.Share second = hasty();
    OutputBudget.Share third = hasty();
    assertThat(second.take(POOL)).isTrue();
    assertThat(third.take(ONE)).as("its turn").isTrue();
    assertThat(hasty().take(1)).isFalse();
  }

  @Test
  void interruptionEndsAWait() throws Exception {
    OutputBudget.Share first = hasty();
    assertThat(first.take(POOL)).isTrue();
    assertThat(first.take(ONE)).isTrue();
    OutputBudget.Share second = used(Duration.ofMinutes(5));
    FutureTask<Boolean> waiting = new FutureTask<>(() -> second.take(1));
    Thread thread = Thread.ofVirtual().start(waiting);
    thread.interrupt();
    thread.join();
    assertThat(waiting.state()).isEqualTo(java.util.concurrent.Future.State.FAILED);
    assertThat(waiting.exceptionNow()).isInstanceOf(InterruptedException.class);
  }
}
