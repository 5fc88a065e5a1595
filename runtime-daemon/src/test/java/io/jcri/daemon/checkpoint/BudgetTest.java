package io.jcri.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BudgetTest {
  @Test
  void workInTimeGivesItsResultOrItsFailure() {
    Budget budget = Budget.of(Duration.ofMinutes(1));
    assertThat(budget.<String>spend("work", () -> "done")).isEqualTo("done");
    assertThatThrownBy(() ->
            budget.spend(
                "work",
                () -> {
                  throw new IOException("disk");
                }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("disk");
    assertThat(budget.left("work")).isPositive();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void workThatTakesLongerIsInterruptedAndWaitedFor() {
    AtomicBoolean ended = new AtomicBoolean();
    assertThatThrownBy(() ->
            Budget.of(Duration.ofMillis(20))
                .spend(
                    "work",
                    () -> {
                      try {
                        new CountDownLatch(1).await();
                        return "never";
                      } finally {
                        ended.set(true);
                      }
                    }))
        .isInstanceOfSatisfying(
            JcriException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED))
        .hasMessageContaining("work did not end in time");
    assertThat(ended).isTrue();
  }

  @Test
  void nothingIsBegunWithoutTime() {
    Budget none = Budget.of(Duration.ofSeconds(-1));
    assertThatThrownBy(() -> none.left("work")).isInstanceOf(JcriException.class);
    assertThatThrownBy(() -> none.spend("work", () -> "x")).isInstanceOf(JcriException.class);
  }
}
