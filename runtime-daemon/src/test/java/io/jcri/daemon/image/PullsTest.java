package io.jcri.daemon.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is told of pulls under way. */
class PullsTest {
  private static final Digest ONE = Digest.of("1".getBytes(StandardCharsets.UTF_8));
  private static final Digest TWO = Digest.of("2".getBytes(StandardCharsets.UTF_8));
  private static final Instant SINCE = Instant.parse("2026-11-29T08:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

  private Pulls pulls(Duration betweenLines) {
    return new Pulls(InstantSource.fixed(SINCE), nanos::get, betweenLines, log::add);
  }

  @Test
  void aPullIsListedFromItsBeginningToItsEnd() {
    Pulls pulls = pulls(Duration.ofHours(1));
    try (Pulls.Pull pull = pulls.begin("a.test/x:1", "CRI")) {
      assertThat(pulls.states())
          .containsExactly(new PullState("a.test/x:1", "CRI", SINCE, List.of()));
      pull.expected(ONE, 1000);
      pull.expected(TWO, 3000);
      pull.expected(ONE, 1000);
      pull.received(ONE, 1000);
      pull.received(TWO, 500);
      pull.layerDone(ONE);
      nanos.set(SECOND);
      PullState state = pulls.states().getFirst();
      assertThat(state.layers())
          .extracting(PullState.OfLayer::digest)
          .containsExactly(ONE.toString(), TWO.toString());
      assertThat(state.layersDone()).isEqualTo(1);
      assertThat(state.received()).isEqualTo(1500);
      assertThat(state.total()).isEqualTo(4000);
      assertThat(state.rate()).isEqualTo(1500);
    }
    assertThat(pulls.states()).isEmpty();
  }

  @Test
  void pullsOfTheSameLayerSeeTheSameProgress() {
    Pulls pulls = pulls(Duration.ofHours(1));
    Pulls.Pull first = pulls.begin("a.test/x:1", "CRI");
    first.expected(ONE, 1000);
    try (Pulls.Pull second = pulls.begin("a.test/y:1", "jcri pull")) {
      second.expected(ONE, 1000);
      first.received(ONE, 400);
      assertThat(second.state().received()).isEqualTo(400);
      first.close();
      first.close();
      second.received(ONE, 700);
      assertThat(second.state().received()).as("never more than there is").isEqualTo(1000);
      first.layerDone(ONE);
      assertThat(second.state().layersDone()).isEqualTo(1);
    }
    try (Pulls.Pull third = pulls.begin("a.test/x:1", "CRI")) {
      third.expected(ONE, 1000);
      assertThat(third.state().received()).as("nothing of before").isZero();
    }
  }

  @Test
  void aPullThatTakesLongIsToldOfAgainAndAgain() throws InterruptedException {
    Pulls pulls = pulls(Duration.ofMillis(1));
    try (Pulls.Pull pull = pulls.begin("a.test/x:1", "CRI")) {
      pull.expected(ONE, 2_000_000);
      pull.received(ONE, 500_000);
      nanos.set(SECOND);
      for (int lines = 0; lines < 2; ) {
        String line = log.poll(1, TimeUnit.MINUTES);
        if ("pulling a.test/x:1 for CRI: 0 of 1 layers, 500 kB of 2.00 MB, 500 kB/s".equals(line)) {
          lines++;
        } else {
          // told before all of that had happened
          assertThat(line).startsWith("pulling a.test/x:1 for CRI: 0 of ");
        }
      }
    }
  }

  @Test
  void theRateIsThatOfTheLastSeconds() {
    Rate rate = new Rate(0);
    assertThat(rate.perSecond(0)).isZero();
    rate.add(100, SECOND / 10);
    assertThat(rate.perSecond(SECOND / 10)).as("not taken for 1000").isEqualTo(100);
    rate.add(100, 3 * SECOND / 2);
    assertThat(rate.perSecond(2 * SECOND)).isEqualTo(100);
    assertThat(rate.perSecond(5 * SECOND)).as("the first is forgotten").isEqualTo(25);
    assertThat(rate.perSecond(100 * SECOND)).isZero();
  }
}
