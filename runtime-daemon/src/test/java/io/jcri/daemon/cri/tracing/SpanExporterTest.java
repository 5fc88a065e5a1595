package io.jcri.daemon.cri.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.daemon.core.Meter;
import io.jcri.otlp.v1.Otlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who hands a span over never waits, whatever the receiver does. */
class SpanExporterTest {
  private static final long PATIENCE_SECONDS = 60;

  private final LinkedBlockingQueue<List<String>> sent = new LinkedBlockingQueue<>();

  private static TracingSettings settings(Map<String, String> more) {
    return TracingSettings.of(more, "receiver", 1, Map.of());
  }

  private static SpanRecord span(String name) {
    return new SpanRecord(
        TraceContext.fresh(),
        Optional.empty(),
        false,
        true,
        name,
        1,
        2,
        Map.of(),
        Optional.empty());
  }

  private Otlp.ExportTraceServiceResponse take(List<SpanRecord> spans) {
    sent.add(spans.stream().map(SpanRecord::name).toList());
    return Otlp.ExportTraceServiceResponse.getDefaultInstance();
  }

  private List<String> next() throws InterruptedException {
    List<String> batch = sent.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(batch).isNotNull();
    return batch;
  }

  @Test
  void spansAreSentManyAtOnceAndTheLastWhenItCloses() throws InterruptedException {
    SpanExporter exporter =
        new SpanExporter(
            settings(
                Map.of("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "3", "OTEL_BSP_SCHEDULE_DELAY", "600000")),
            this::take);
    for (String name : List.of("a", "b", "c", "d")) {
      exporter.add(span(name));
    }
    exporter.start();
    assertThat(next()).containsExactly("a", "b", "c");
    exporter.close();
    assertThat(next()).containsExactly("d");
    assertThat(exporter.dropped()).isZero();
  }

  @Test
  void whatFindsNoRoomIsDroppedAndCounted() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    SpanExporter exporter =
        new SpanExporter(
            settings(Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "2", "OTEL_BSP_SCHEDULE_DELAY", "0")),
            spans -> {
              asked.countDown();
              awaitQuietly(answer);
              return take(spans);
            });
    exporter.start();
    exporter.add(span("held"));
    asked.await();
    for (int i = 0; i < 5; i++) {
      exporter.add(span("more " + i));
    }
    assertThat(exporter.dropped()).isEqualTo(3);
    answer.countDown();
    assertThat(next()).containsExactly("held");
    assertThat(next()).containsExactly("more 0", "more 1");
    exporter.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatCanBeSentLaterIsAndWhatIsRefusedIsNot() throws InterruptedException {
    List<Status> answers =
        new ArrayList<>(List.of(Status.UNAVAILABLE, Status.OK, Status.INVALID_ARGUMENT));
    SpanExporter exporter =
        new SpanExporter(
            settings(Map.of("OTEL_BSP_SCHEDULE_DELAY", "0")),
            spans -> {
              Status answer = answers.isEmpty() ? Status.OK : answers.removeFirst();
              if (!answer.isOk()) {
                throw answer.asRuntimeException();
              }
              return take(spans);
            });
    exporter.start();
    exporter.add(span("later"));
    assertThat(next()).containsExactly("later");
    assertThat(exporter.dropped()).isZero();
    exporter.add(span("refused"));
    while (exporter.dropped() == 0) {
      Thread.onSpinWait();
    }
    exporter.add(span("good"));
    assertThat(next()).containsExactly("good");
    assertThat(exporter.dropped()).isEqualTo(1);
    exporter.close();
  }

  /** Else those behind them would find no room for as long as a receiver is away. */
  @Test
  void whatCouldNotBeSentInItsTimeIsDroppedAndCounted() throws InterruptedException {
    AtomicLong counted = new AtomicLong();
    Meter.install(
        new Meter() {
          @Override
          public void spansDropped(long spans) {
            counted.addAndGet(spans);
          }
        });
    AtomicBoolean away = new AtomicBoolean(true);
    SpanExporter exporter =
        new SpanExporter(
            settings(Map.of("OTEL_BSP_SCHEDULE_DELAY", "0", "OTEL_BSP_EXPORT_TIMEOUT", "1")),
            spans -> {
              if (away.get()) {
                throw Status.UNAVAILABLE.asRuntimeException();
              }
              return take(spans);
            });
    try {
      exporter.add(span("lost"));
      exporter.start();
      while (exporter.dropped() == 0) {
        Thread.onSpinWait();
      }
      away.set(false);
      exporter.add(span("next"));
      assertThat(next()).containsExactly("next");
      assertThat(exporter.dropped()).isEqualTo(1);
      assertThat(counted).hasValue(1);
    } finally {
      exporter.close();
      Meter.install(Meter.NONE);
    }
  }

  @Test
  void aReceiverThatIsGoneDoesNotKeepTheDaemonFromStopping() {
    CountDownLatch asked = new CountDownLatch(1);
    SpanExporter exporter =
        new SpanExporter(
            settings(Map.of("OTEL_BSP_SCHEDULE_DELAY", "0")),
            _ -> {
              asked.countDown();
              throw Status.UNAVAILABLE.asRuntimeException();
            });
    exporter.start();
    exporter.add(span("a"));
    awaitQuietly(asked);
    exporter.close();
    assertThat(exporter.dropped()).isEqualTo(1);
  }
}
