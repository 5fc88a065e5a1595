package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StartsTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private final Starts starts = new Starts();

  @Test
  void aStopEndsAStartThatHangsInItsRuntime() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (Starts.Start start = starts.begin("c")) {
      start.endedBy(ended::countDown);
      try (Starts.Stop _ = starts.stop("c", Duration.ZERO)) {
        ended.await();
      }
      assertThatThrownBy(start::succeeded)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("c was stopped");
    }
  }

  /** A plugin may hold the start before there is anything to end. */
  @Test
  void aStopThatComesBeforeTheRuntimeIsCalledKeepsItFromBeingCalled() throws Exception {
    try (Starts.Start start = starts.begin("c");
        Starts.Stop _ = starts.stop("c", Duration.ZERO)) {
      while (true) {
        try {
          start.endedBy(() -> {});
          Thread.onSpinWait();
        } catch (IOException given) {
          assertThat(given).hasMessageContaining("c was stopped");
          return;
        }
      }
    }
  }

  @Test
  void noStartSlipsInBetweenAStopAndItsLock() throws Exception {
    try (Starts.Stop _ = starts.stop("c", NEVER);
        Starts.Stop _ = starts.stop("c", NEVER)) {
      assertRefused();
    }
    try (Starts.Stop _ = starts.stop("c", NEVER)) {
      assertRefused();
      starts.begin("other").close();
    }
    try (Starts.Start start = starts.begin("c")) {
      start.endedBy(() -> {});
      start.succeeded();
    }
  }

  private void assertRefused() {
    assertThatThrownBy(() -> starts.begin("c"))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("c is being stopped");
  }

  @Test
  void aStartThatHasSucceededIsNotEnded() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (Starts.Start start = starts.begin("c")) {
      start.endedBy(ended::countDown);
      start.succeeded();
      starts.stop("c", Duration.ZERO).close();
    }
    assertThat(ended.getCount()).isOne();
  }
}
