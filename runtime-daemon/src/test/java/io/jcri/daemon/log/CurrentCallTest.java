package io.jcri.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jcri.daemon.core.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The numbers of calls, and what is told of slow ones. */
class CurrentCallTest {
  /** Due at once, or nearly. */
  private static final Duration HARDLY_ANY = CurrentCall.SLOW.negated().plusMillis(50);

  /** The watcher may have looked just before, on behalf of another test. */
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch told = new CountDownLatch(1);
  private final ListAppender<ILoggingEvent> lines =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          super.append(event);
          told.countDown();
        }
      };

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(CurrentCall.class);
  }

  @BeforeEach
  void listen() {
    lines.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    lines.start();
    logger().addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(lines);
  }

  @Test
  void eachCallHasANumberOfItsOwnWhichFollowsItsWork() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      CurrentCall.unwatched(
              "Status",
              () -> "",
              () -> {
                String here = CurrentCall.current().orElseThrow().id();
                ids.add(here);
                Thread other =
                    Thread.ofVirtual()
                        .start(
                            CurrentCall.carried(
                                () -> ids.add(CurrentCall.current().orElseThrow().id())));
                join(other);
              })
          .run();
    }
    assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
    assertThat(ids.get(2)).isEqualTo(ids.get(3));
    assertThat(CurrentCall.current()).isEmpty();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSlowCallTellsItsStageAndStackOnceAndItsTimesAtItsEnd() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Runnable work =
        CurrentCall.watched(
            "RunPodSandbox",
            () -> "pod default/web",
            HARDLY_ANY,
            () -> {
              Stages stages = new Stages("RunPodSandbox default/web");
              stages.begin("sandbox");
              stages.begin("network");
              isSlow(end);
              stages.finish();
            });
    Thread call = Thread.ofVirtual().start(work);
    assertThat(told.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    end.countDown();
    call.join();
    assertThat(lines.list).hasSize(2);
    ILoggingEvent first = lines.list.getFirst();
    assertThat(first.getFormattedMessage())
        .matches(
            "RunPodSandbox of pod default/web has not ended after [0-9.]+ s, it is at: network"
                + " \\((waiting [0-9.]+ ms, )?sandbox [0-9.]+ ms, network [0-9.]+ ms\\)");
    assertThat(StackText.of(first.getThrowableProxy()))
        .startsWith("\tat ")
        .contains("CurrentCallTest.isSlow");
    assertThat(lines.list.getLast().getFormattedMessage())
        .matches(
            "RunPodSandbox of pod default/web took [0-9.]+ s:"
                + " (waiting [0-9.]+ ms, )?sandbox [0-9.]+ ms, network [0-9.]+ ms");
    assertThat(lines.list.getLast().getThrowableProxy()).isNull();
  }

  private static void isSlow(CountDownLatch end) {
    try {
      assertThat(end.await(2 * PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theStackIsThatOfWhoWorksForTheCall() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Runnable work =
        CurrentCall.watched(
            "RunPodSandbox",
            () -> "",
            HARDLY_ANY.plusSeconds(3), // until the other thread is at work
            () -> join(Thread.ofVirtual().start(CurrentCall.carried(() -> isSlow(end)))));
    Thread call = Thread.ofVirtual().start(work);
    assertThat(told.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    end.countDown();
    call.join();
    assertThat(StackText.of(lines.list.getFirst().getThrowableProxy()))
        .contains("CurrentCallTest.isSlow");
  }

  @Test
  void whatIsAllowedToBeLongIsNotTold() {
    CurrentCall.watched("StopContainer", () -> "", Duration.ofSeconds(30), () -> {}).run();
    CurrentCall.unwatched("PullImage", () -> "", () -> {}).run();
    assertThat(lines.list).isEmpty();
  }
}
