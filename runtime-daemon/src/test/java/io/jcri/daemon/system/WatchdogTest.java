package io.jcri.daemon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  @Test
  void systemdSaysHowLongItWaits() {
    assertThat(Watchdog.patience(Map.of("WATCHDOG_USEC", "30000000"), 7))
        .contains(Duration.ofSeconds(30));
    assertThat(Watchdog.patience(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "7"), 7))
        .contains(Duration.ofNanos(5000));
  }

  @Test
  void nobodyWaitsForAnotherProcessOrWithoutASensibleTime() {
    assertThat(Watchdog.patience(Map.of("WATCHDOG_USEC", "5", "WATCHDOG_PID", "8"), 7)).isEmpty();
    for (String wrong : List.of("", "0", "-1", "x", "9".repeat(30))) {
      assertThat(Watchdog.patience(Map.of("WATCHDOG_USEC", wrong), 7)).as(wrong).isEmpty();
    }
    assertThat(Watchdog.patience(Map.of(), 7)).isEmpty();
  }

  @Test
  void eachGoodCheckIsToldAndAFailedOneIsNot() throws InterruptedException {
    LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    CountDownLatch end = new CountDownLatch(1);
    int[] checks = {0};
    new Watchdog(
            SHORT,
            () -> {
              checks[0]++;
              told.add("check " + checks[0]);
              if (checks[0] == 2) {
                throw new IOException("not well");
              }
              if (checks[0] == 4) {
                wait(end);
              }
            },
            () -> told.add("alive"))
        .start();
    for (String expected : List.of("check 1", "alive", "check 2", "check 3", "alive", "check 4")) {
      assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(expected);
    }
    // The fourth hangs: nothing is told of it.
    assertThat(told.poll(50, TimeUnit.MILLISECONDS)).isNull();
    end.countDown();
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("alive");
  }

  private static void wait(CountDownLatch end) throws IOException {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
