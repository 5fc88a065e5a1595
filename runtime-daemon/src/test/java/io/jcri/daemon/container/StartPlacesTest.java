package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StartPlacesTest {
  private static final Duration NEVER = Duration.ofDays(1);

  @Test
  void letsNextOneInWhenOneHasGone() throws Exception {
    StartPlaces places = new StartPlaces(2, NEVER);
    StartPlaces.Place first = places.take();
    try (StartPlaces.Place _ = places.take()) {
      CompletableFuture<StartPlaces.Place> next = taking(places);
      assertThat(next).isNotDone();
      first.close();
      next.get(1, TimeUnit.MINUTES).close();
    }
  }

  @Test
  void givesBackOnePlaceHoweverOftenItIsClosed() throws Exception {
    StartPlaces places = new StartPlaces(1, NEVER);
    StartPlaces.Place first = places.take();
    first.close();
    first.close();
    try (StartPlaces.Place _ = places.take()) {
      CompletableFuture<StartPlaces.Place> next = taking(places);
      Thread.sleep(Duration.ofMillis(50));
      assertThat(next).isNotDone();
      next.cancel(true);
    }
  }

  @Test
  void waitsForNobodyThatHangs() throws Exception {
    StartPlaces places = new StartPlaces(1, Duration.ofMillis(10));
    try (StartPlaces.Place _ = places.take()) {
      taking(places).get(1, TimeUnit.MINUTES).close();
    }
  }

  private static CompletableFuture<StartPlaces.Place> taking(StartPlaces places) {
    CompletableFuture<StartPlaces.Place> taken = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            taken.complete(places.take());
          } catch (Exception e) {
            taken.completeExceptionally(e);
          }
        });
    return taken;
  }
}
