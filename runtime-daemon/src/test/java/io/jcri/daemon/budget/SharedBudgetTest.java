package io.jcri.daemon.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SharedBudgetTest {
  private final SharedBudget budget = new SharedBudget(Bound.EXEC_SYNC_OUTPUT);
  private final long all = Bound.EXEC_SYNC_OUTPUT.limit();

  @Test
  void givesBackOnceHoweverOftenAShareIsClosed() {
    SharedBudget.Share share = budget.take(all);
    assertThat(budget.free()).isZero();
    share.close();
    share.close();
    assertThat(budget.free()).isEqualTo(all);
  }

  @Test
  void refusesWhatIsNotThereAndNamesWhoTakesIt() {
    budget.take(all - 1);
    assertThatThrownBy(() -> budget.take(2))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("2 bytes")
        .hasMessageContaining(Bound.EXEC_SYNC_OUTPUT.who());
    assertThatThrownBy(() -> budget.take(all + 1)).isInstanceOf(JcriException.class);
  }

  @Test
  void servesWhoWaitsWhenSomebodyGivesBack() throws Exception {
    SharedBudget.Share first = budget.take(all);
    CountDownLatch served = new CountDownLatch(1);
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try (SharedBudget.Share _ = budget.take(1, Duration.ofMinutes(1))) {
                served.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    first.close();
    waiting.join();
    assertThat(served.getCount()).isZero();
    assertThat(budget.free()).isEqualTo(all);
  }
}
