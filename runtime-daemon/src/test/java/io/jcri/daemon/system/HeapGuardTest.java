package io.jcri.daemon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapGuardTest {
  private final List<String> ends = new ArrayList<>();
  private final Deque<Double> used = new ArrayDeque<>();
  private final HeapGuard guard = new HeapGuard(used::removeFirst, ends::add, Duration.ZERO);

  @Test
  void aHeapThatIsFreeAgainIsNoReasonToEnd() throws InterruptedException {
    used.addAll(List.of(0.99, 0.97, 0.4));
    guard.look();
    assertThat(ends).isEmpty();
    assertThat(used).isEmpty();
  }

  @Test
  void aHeapThatStaysFullIs() throws InterruptedException {
    used.addAll(List.of(0.99, 0.99, 0.99));
    guard.look();
    assertThat(ends).singleElement().asString().contains("stays full");
  }

  /** Large calls one after the other fill it for longer than a look takes. */
  @Test
  void callsThatAreGivenUpMeanwhileMayFillIt() throws InterruptedException {
    used.addAll(List.of(0.99, 0.99, 0.99, 0.99, 0.99, 0.4));
    failing().look();
    assertThat(ends).isEmpty();
    assertThat(used).isEmpty();
  }

  @Test
  void butNotForEver() throws InterruptedException {
    used.addAll(Collections.nCopies(100, 0.99));
    failing().look();
    assertThat(ends).hasSize(1);
  }

  /** One that hears of another call whenever it looks. */
  private HeapGuard failing() {
    HeapGuard[] failing = new HeapGuard[1];
    failing[0] =
        new HeapGuard(
            () -> {
              failing[0].failed("a call");
              return used.removeFirst();
            },
            ends::add,
            Duration.ZERO);
    return failing[0];
  }

  @Test
  void aThreadThatIsNobodysCallIsNamed() {
    guard.uncaught(new Thread("watch of x"), new OutOfMemoryError("Java heap space"));
    assertThat(ends).singleElement().asString().contains("watch of x", "Java heap space");
  }

  @Test
  void anotherFaultOfAThreadEndsNothingElse() {
    guard.uncaught(new Thread("x"), new IllegalStateException("y"));
    assertThat(ends).isEmpty();
  }

  @Test
  void whatServesOneClientEndsAlone() {
    HeapGuard.expendable(
            "a session",
            () -> {
              throw new OutOfMemoryError("Java heap space");
            })
        .run();
    assertThat(ends).isEmpty();
  }
}
