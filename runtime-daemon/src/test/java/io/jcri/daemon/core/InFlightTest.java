package io.jcri.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {
  private final InFlight<String, String> creations = new InFlight<>();

  @Test
  void aRepeatedCallJoinsTheFirst() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<String> first =
        CompletableFuture.supplyAsync(() ->
            creations.join(
                "k",
                "work",
                () -> {
                  begun.countDown();
                  go.await();
                  return "result " + runs.incrementAndGet();
                }));
    begun.await();
    CompletableFuture<String> second = new CompletableFuture<>();
    Thread repeated =
        Thread.ofPlatform()
            .start(() -> second.complete(creations.join("k", "work", () -> "a second run")));
    while (repeated.getState() != Thread.State.WAITING) {
      assertThat(repeated.isAlive()).as("the repeated call must wait for the first").isTrue();
      Thread.onSpinWait();
    }
    go.countDown();
    assertThat(first.get()).isEqualTo("result 1");
    assertThat(second.get()).isEqualTo("result 1");
    assertThat(runs).hasValue(1);
  }

  @Test
  void whoWantsToBeAloneJoinsNobody() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<String> first =
        CompletableFuture.supplyAsync(() ->
            creations.join(
                "k",
                "work",
                () -> {
                  begun.countDown();
                  go.await();
                  return "first";
                }));
    begun.await();
    assertThat(creations.alone("k", "work", () -> "second")).isEmpty();
    assertThat(creations.alone("other", "work", () -> "third")).contains("third");
    go.countDown();
    assertThat(first.get()).isEqualTo("first");
    assertThat(creations.alone("k", "work", () -> "fourth")).contains("fourth");
  }

  @Test
  void theWorkGoesOnWhenItsCallerGoes() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread caller =
        Thread.startVirtualThread(() ->
            assertThatThrownBy(() ->
                    creations.join(
                        "k",
                        "work",
                        () -> {
                          begun.countDown();
                          go.await();
                          ended.countDown();
                          return "x";
                        }))
                .isInstanceOf(JcriException.class));
    begun.await();
    caller.interrupt();
    caller.join();
    go.countDown();
    ended.await();
  }

  @Test
  void aFailureReachesTheCallerAndIsForgotten() {
    assertThatThrownBy(() ->
            creations.join(
                "k",
                "work",
                () -> {
                  throw JcriException.invalid("bad field");
                }))
        .isInstanceOf(JcriException.class)
        .hasMessage("bad field");
    assertThat(creations.join("k", "work", () -> "again")).isEqualTo("again");
  }
}
