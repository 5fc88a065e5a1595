package io.jcri.daemon.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.streaming.request.StreamRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static final StreamRequest REQUEST = new StreamRequest.PortForward("pod", List.of(80));

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
  private final Tokens tokens = new Tokens(3, Duration.ofNanos(100), now::get);

  @Test
  void aTokenIsGoodOnce() {
    String token = tokens.issue(REQUEST);
    assertThat(tokens.redeem(token)).contains(REQUEST);
    assertThat(tokens.redeem(token)).isEmpty();
  }

  @Test
  void aTokenEndsAfterItsTime() {
    String early = tokens.issue(REQUEST);
    now.addAndGet(99); // the clock may overflow, as nanoTime does
    String late = tokens.issue(REQUEST);
    assertThat(tokens.redeem(early)).contains(REQUEST);
    now.addAndGet(100);
    assertThat(tokens.redeem(late)).isEmpty();
  }

  @Test
  void theTableIsBoundedAndWhatEndsMakesRoom() {
    for (int i = 0; i < 3; i++) {
      tokens.issue(REQUEST);
    }
    assertThatThrownBy(() -> tokens.issue(REQUEST))
        .isInstanceOfSatisfying(
            JcriException.class,
            e -> assertThat(e.kind()).isEqualTo(JcriException.Kind.RESOURCE_EXHAUSTED));
    now.addAndGet(100);
    assertThat(tokens.redeem(tokens.issue(REQUEST))).contains(REQUEST);
  }

  @Test
  void nobodyGuessesAToken() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String token = tokens.issue(REQUEST);
      assertThat(token).hasSizeGreaterThanOrEqualTo(22).matches("[A-Za-z0-9_-]+");
      assertThat(seen.add(token)).isTrue();
      tokens.redeem(token);
    }
    assertThat(tokens.redeem("")).isEmpty();
  }
}
