package io.jcri.daemon.cri.tracing;

import io.grpc.StatusRuntimeException;
import io.jcri.daemon.core.Meter;
import io.jcri.otlp.v1.Otlp;
import io.jcri.sandbox.linux.Reasons;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans, many at once, by a thread of its own. Who hands one over never waits: one that finds
 * no room is dropped and counted. What the receiver does not take is sent again while there is hope
 * for it, until its time is over; that it can't be sent is told once, and once when it can be
 * again.
 *
 * <p>Thread-safe. Started and closed once each.
 */
final class SpanExporter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpanExporter.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** For what is left when the daemon stops; systemd waits for that. */
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

  /** Sends a request, within its time. */
  @FunctionalInterface
  interface Receiver {
    Otlp.ExportTraceServiceResponse send(List<SpanRecord> spans);
  }

  private final Receiver receiver;
  private final String target;
  private final int batch;
  private final Duration delay;
  private final Duration patience;
  private final BlockingQueue<SpanRecord> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;
  private boolean failing; // this and the next are the thread's alone
  private Duration pause = FIRST_PAUSE;

  SpanExporter(TracingSettings settings, Receiver receiver) {
    this.receiver = receiver;
    this.target = settings.target();
    this.batch = settings.batch();
    this.delay = settings.delay();
    this.patience = settings.patience();
    this.queue = new ArrayBlockingQueue<>(settings.queue());
    this.thread = Thread.ofVirtual().name("traces").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Never waits. */
  void add(SpanRecord span) {
    if (!queue.offer(span)) {
      drop(1);
    }
  }

  private void drop(long spans) {
    dropped.addAndGet(spans);
    Meter.now().spansDropped(spans);
  }

  /** How many spans nobody has been sent, since the start. */
  long dropped() {
    return dropped.get();
  }

  private void run() {
    List<SpanRecord> spans = new ArrayList<>();
    long until = 0;
    while (!closing || !queue.isEmpty() || !spans.isEmpty()) {
      try {
        boolean fresh = spans.isEmpty();
        collect(spans);
        if (fresh) {
          until = System.nanoTime() + patience.toNanos();
        }
        Duration left = Duration.ofNanos(until - System.nanoTime());
        if (spans.isEmpty() || sent(spans)) {
          spans.clear();
        } else if (!closing && !left.isPositive()) {
          // Others wait behind them.
          drop(spans.size());
          spans.clear();
        } else if (!closing) {
          Thread.sleep(pause.compareTo(left) < 0 ? pause : left);
          Duration longer = pause.multipliedBy(2);
          pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        } else if (!Thread.interrupted()) { // else it was the closing that has cut it short
          drop(spans.size());
          return;
        }
      } catch (InterruptedException e) {
        log.debug("the rest of the traces is sent: {} and {}", spans.size(), queue.size());
      }
    }
  }

  /** Waits for a span, and then for others until they are enough or the first has waited enough. */
  private void collect(List<SpanRecord> spans) throws InterruptedException {
    if (spans.isEmpty() && !closing) {
      spans.add(queue.take());
    }
    long until = System.nanoTime() + delay.toNanos();
    while (spans.size() < batch) {
      queue.drainTo(spans, batch - spans.size());
      long left = until - System.nanoTime();
      if (closing || spans.size() >= batch || left <= 0) {
        return;
      }
      SpanRecord next = queue.poll(left, TimeUnit.NANOSECONDS);
      if (next != null) {
        spans.add(next);
      }
    }
  }

  /** Whether they are done with: taken, or refused for good. */
  private boolean sent(List<SpanRecord> spans) {
    try {
      Otlp.ExportTraceServiceResponse reply = receiver.send(spans);
      if (failing) {
        log.info("traces are sent to {} again; {} spans were dropped", target, dropped);
      }
      failing = false;
      pause = FIRST_PAUSE;
      long rejected = reply.getPartialSuccess().getRejectedSpans();
      if (rejected > 0) {
        drop(rejected);
        log.debug(
            "{} has refused {} spans: {}",
            target,
            rejected,
            reply.getPartialSuccess().getErrorMessage());
      }
      return true;
    } catch (StatusRuntimeException e) {
      if (closing && Thread.currentThread().isInterrupted()) {
        return false;
      }
      boolean hope = isPassing(e);
      tell(e, hope);
      if (!hope) {
        drop(spans.size());
      }
      return !hope;
    } catch (RuntimeException e) {
      tell(e, false);
      drop(spans.size());
      return true;
    }
  }

  /** By OTLP's list of what may be tried again. */
  private static boolean isPassing(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case CANCELLED,
          DEADLINE_EXCEEDED,
          ABORTED,
          OUT_OF_RANGE,
          UNAVAILABLE,
          DATA_LOSS,
          RESOURCE_EXHAUSTED ->
          true;
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          UNIMPLEMENTED,
          INTERNAL,
          UNAUTHENTICATED ->
          false;
    };
  }

  private void tell(RuntimeException e, boolean again) {
    if (!failing) {
      failing = true;
      log.warn(
          "traces can't be sent to {}: {}; {}",
          target,
          Reasons.of(e),
          again ? "it is tried again, and told when it works" : "these are dropped");
    } else {
      log.debug("traces can't be sent to {}: {}", target, Reasons.of(e));
    }
  }

  /** Sends what is left, if that is done soon. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      if (!thread.join(LAST_PATIENCE)) {
        log.info("{} spans were not sent", queue.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
