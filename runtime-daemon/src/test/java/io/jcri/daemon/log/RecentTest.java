package io.jcri.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.jcri.daemon.core.Stages;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The calls in flight, the slow ones, and the lines that say that something is wrong. */
class RecentTest {
  private static final String OURS = "recent-test";

  private static List<CallState> ours(List<CallState> calls) {
    return calls.stream().filter(call -> call.subject().startsWith(OURS)).toList();
  }

  @Test
  void aCallIsInFlightUntilItHasEndedWhetherItIsWatchedOrNot() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(2);
    Runnable work =
        () -> {
          Stages stages = new Stages("x");
          stages.begin("sandbox");
          stages.begin("network");
          begun.countDown();
          waitFor(end);
        };
    Thread first =
        Thread.ofVirtual()
            .start(CurrentCall.watched("RunPodSandbox", () -> OURS + 1, Duration.ZERO, work));
    Thread second =
        Thread.ofVirtual().start(CurrentCall.unwatched("PullImage", () -> OURS + 2, work));
    begun.await();

    assertThat(ours(Recent.calls(true)))
        .hasSize(2)
        .allSatisfy(call -> {
          assertThat(call.stage()).isEqualTo("network");
          assertThat(call.times()).matches(".*sandbox [0-9.]+ ms, network [0-9.]+ ms");
          assertThat(call.stack()).anyMatch(frame -> frame.contains("RecentTest.waitFor"));
        })
        .extracting(CallState::method)
        .containsExactlyInAnyOrder("RunPodSandbox", "PullImage");
    assertThat(ours(Recent.calls(false))).allMatch(call -> call.stack().isEmpty());

    end.countDown();
    first.join();
    second.join();
    assertThat(ours(Recent.calls(true))).isEmpty();
  }

  private static void waitFor(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void ofSlowCallsTheLastAreKept() {
    Duration tooLong = Duration.ofSeconds(-2); // beyond the second that makes a call worth it
    for (int i = 0; i < 150; i++) {
      String subject = OURS + " slow " + i;
      CurrentCall.watched("StopContainer", () -> subject, tooLong, () -> {}).run();
    }
    CurrentCall.watched("Status", () -> OURS + " quick", Duration.ZERO, () -> {}).run();
    List<CallState> slow = ours(Recent.slowCalls());
    assertThat(slow).hasSize(100).allMatch(call -> call.stage().isEmpty());
    assertThat(slow.getLast().subject()).isEqualTo(OURS + " slow 149");
  }

  @Test
  void ofTheLogTheLastWarningsAndErrorsAreKeptInBounds() {
    LineEncoder encoder = new LineEncoder(false);
    IntStream.range(0, 120).forEach(i -> encode(encoder, Level.WARN, OURS + " " + i));
    encode(encoder, Level.INFO, OURS + " harmless");
    Runnable work = () -> encode(encoder, Level.ERROR, OURS + "x".repeat(10_000));
    String[] id = {""};
    CurrentCall.unwatched(
            "Status",
            () -> "",
            () -> {
              id[0] = CurrentCall.current().orElseThrow().id();
              work.run();
            })
        .run();
    List<LogLine> lines = Recent.troubles();
    assertThat(lines).hasSize(100).noneMatch(line -> line.message().contains("harmless"));
    assertThat(lines.getLast().level()).isEqualTo("ERROR");
    assertThat(lines.getLast().message()).hasSize(2001).endsWith("…");
    assertThat(lines.getLast().call()).contains(id[0]);
    assertThat(lines.get(98).message()).isEqualTo(OURS + " 119");
  }

  private static void encode(LineEncoder encoder, Level level, String message) {
    byte[] _ =
        encoder.encode(
            new LoggingEvent(
                "fqcn", new LoggerContext().getLogger("io.jcri.x"), level, message, null, null));
  }
}
