package io.jcri.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.log.CurrentCall;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The lock of a pod or container. */
class KeyedLocksTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 2_000;

  private final KeyedLocks locks = new KeyedLocks();

  @Test
  void oneHoldsAnIdAndNobodyWaitsForAnother() throws InterruptedException {
    CountDownLatch got = new CountDownLatch(1);
    Thread second;
    try (KeyedLocks.Held _ = locks.hold("a");
        KeyedLocks.Held _ = locks.hold("b")) {
      second =
          Thread.ofVirtual()
              .start(() -> {
                try (KeyedLocks.Held _ = locks.hold("a")) {
                  got.countDown();
                }
              });
      while (second.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertThat(got.getCount()).isEqualTo(1);
    }
    assertThat(got.await(30, TimeUnit.SECONDS)).isTrue();
    second.join();
  }

  @Test
  void whoHoldsItMayTakeItOnceMore() {
    try (KeyedLocks.Held _ = locks.hold("a")) {
      try (KeyedLocks.Held again = locks.hold("a")) {
        assertThat(again).isNotNull();
      }
    }
  }

  /** A lock that comes and goes with its users is still one lock. */
  @Test
  void manyThatComeAndGoNeverHoldItTogether() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int[] count = {0};
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                  try (KeyedLocks.Held _ = locks.hold("a")) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    count[0]++;
                    inside.decrementAndGet();
                  }
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most.get()).isEqualTo(1);
    assertThat(count[0]).isEqualTo(THREADS * ROUNDS);
  }

  @Test
  void itIsToldWhoHoldsALockAndWhoWaits() throws InterruptedException {
    AtomicReference<Thread> waiter = new AtomicReference<>();
    Runnable call =
        CurrentCall.unwatched(
            "StopContainer",
            () -> "",
            () -> {
              try (KeyedLocks.Held _ = locks.hold("a")) {
                Thread second =
                    Thread.ofVirtual().name("exit of a").start(() -> locks.hold("a").close());
                waiter.set(second);
                while (second.getState() != Thread.State.WAITING) {
                  Thread.onSpinWait();
                }
                assertThat(locks.taken())
                    .singleElement()
                    .satisfies(taken -> {
                      assertThat(taken.id()).isEqualTo("a");
                      assertThat(taken.holder().thread()).isEqualTo(Thread.currentThread());
                      assertThat(taken.holder().call()).isEqualTo(CurrentCall.current());
                      assertThat(taken.waiting())
                          .singleElement()
                          .extracting(KeyedLocks.Who::thread)
                          .isEqualTo(second);
                    });
              }
            });
    call.run();
    waiter.get().join();
    assertThat(locks.taken()).isEmpty();
  }
}
