package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class PullSyncTest {

  private static final Duration NEVER = Duration.ofDays(1);

  private final List<Set<String>> rounds = Collections.synchronizedList(new ArrayList<>());

  private PullSync<String> pull(Duration longestWait) {
    return new PullSync<>(members -> rounds.add(new TreeSet<>(members)), longestWait);
  }

  /** A thread that is at work already and settles now. */
  private static CompletableFuture<Void> settling(PullSync<String> pull, String what) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            pull.settle(what);
          } finally {
            pull.leave();
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }

  @Test
  void oneRoundServesAllWhenTheLastHasUnpacked() {
    PullSync<String> pull = pull(NEVER);
    pull.enter();
    pull.enter();
    pull.enter();
    CompletableFuture<Void> a = settling(pull, "a");
    CompletableFuture<Void> b = settling(pull, "b");
    assertThat(rounds).isEmpty();
    CompletableFuture.allOf(a, b, settling(pull, "c")).join();
    assertThat(rounds).containsExactly(Set.of("a", "b", "c"));
  }

  @Test
  void whoWaitsForOthersIsNotWaitedFor() {
    PullSync<String> pull = pull(NEVER);
    pull.enter();
    pull.enter();
    CompletableFuture<Void> a = settling(pull, "a");
    assertThat(a).isNotDone();
    pull.leave();
    a.join();
    assertThat(rounds).containsExactly(Set.of("a"));
  }

  @Test
  void nobodyWaitsLongerThanAWhile() {
    PullSync<String> pull = pull(Duration.ZERO);
    pull.enter();
    pull.enter();
    settling(pull, "a").join();
    assertThat(rounds).containsExactly(Set.of("a"));
  }

  @Test
  void keepsWhatIsWholeWhenAnotherLayerHasFailed() {
    PullSync<String> pull = pull(NEVER);
    pull.enter();
    pull.enter();
    CompletableFuture<Void> a = settling(pull, "a");
    pull.hurry();
    a.join();
    assertThat(rounds).containsExactly(Set.of("a"));
  }

  @Test
  void isCancelledBeforeItsRound() {
    PullSync<String> pull = pull(NEVER);
    pull.enter();
    pull.enter();
    CompletableFuture<Void> a = settling(pull, "a");
    pull.cancel();
    pull.hurry();
    assertThatThrownBy(a::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.CANCELLED));
    assertThat(rounds).isEmpty();
  }

  @Test
  void failsOnlyWhoFailsWhenTriedAgain() {
    PullSync<String> pull =
        new PullSync<>(
            members -> {
              rounds.add(new TreeSet<>(members));
              if (rounds.size() == 1) {
                throw new OciException(OciException.Kind.INTERNAL, "disk");
              }
            },
            NEVER);
    pull.enter();
    pull.enter();
    CompletableFuture<Void> a = settling(pull, "a");
    CompletableFuture<Void> b = settling(pull, "b");
    long failed =
        List.of(a, b).stream().filter(each -> each.handle((done, e) -> e != null).join()).count();
    assertThat(failed).isEqualTo(1);
    assertThat(rounds).hasSize(2);
    assertThat(rounds.getFirst()).isEqualTo(Set.of("a", "b"));
    assertThat(rounds.getLast()).hasSize(1);
  }

  @Test
  void leavesAnInterruptForLater() {
    PullSync<String> pull = pull(NEVER);
    pull.enter();
    Thread.currentThread().interrupt();
    pull.settle("a");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(rounds).containsExactly(Set.of("a"));
  }
}
