package io.jcri.daemon.cri.tracing;

import io.grpc.Status;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.log.LogNames;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that is recorded, until it has ended. Thread-safe. */
final class CallSpan {
  private static final long SECOND = 1_000_000_000L;
  private static final int LONGEST_MESSAGE = 1000;

  private final TraceContext place;
  private final Optional<TraceContext> caller;
  private final String service;
  private final String method;
  private final Consumer<SpanRecord> ended;
  private final long begin = now();
  private final long beginNanos = System.nanoTime();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable CurrentCall call;
  private volatile String made = "";

  /**
   * Begins now.
   *
   * @param place of the call itself
   * @param ended takes its spans
   */
  CallSpan(
      TraceContext place,
      Optional<TraceContext> caller,
      String service,
      String method,
      Consumer<SpanRecord> ended) {
    this.place = place;
    this.caller = caller;
    this.service = service;
    this.method = method;
    this.ended = ended;
  }

  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * SECOND + now.getNano();
  }

  /** The work for it has begun. */
  void begun(CurrentCall work) {
    call = work;
  }

  /** The object that the reply names. */
  void made(String id) {
    made = id;
  }

  /** Ends it, the first time. */
  void end(Status status) {
    if (over.compareAndSet(false, true)) {
      long end = at(System.nanoTime());
      @Nullable CurrentCall work = call;
      if (work != null) {
        work.parts().forEach(part -> ended.accept(stage(part)));
      }
      ended.accept(
          new SpanRecord(
              place,
              caller.map(TraceContext::spanId),
              caller.isPresent(),
              true,
              service + "/" + method,
              begin,
              end,
              attributes(status, work),
              error(status)));
    }
  }

  /** By one clock, or a step of the machine's would turn spans around. */
  private long at(long nanos) {
    return begin + (nanos - beginNanos);
  }

  private SpanRecord stage(CurrentCall.Part part) {
    return new SpanRecord(
        place.child(),
        Optional.of(place.spanId()),
        false,
        false,
        part.name(),
        at(part.begin()),
        at(part.end()),
        Map.of("jcri.operation", part.operation()),
        Optional.empty());
  }

  private Map<String, Object> attributes(Status status, @Nullable CurrentCall work) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("rpc.system", "grpc");
    attributes.put("rpc.service", service);
    attributes.put("rpc.method", method);
    attributes.put("rpc.grpc.status_code", status.getCode().value());
    if (work != null) {
      attributes.put("jcri.call", work.id());
      String subject = work.subject();
      if (!subject.isEmpty()) {
        attributes.put("jcri.subject", subject);
      }
      LogNames.first(made.isEmpty() ? subject : made)
          .ifPresent(found -> name(attributes, found.id(), found.named()));
    }
    return attributes;
  }

  /** By OpenTelemetry's names. A pod's own id is none of Kubernetes', so it has one of ours. */
  private static void name(Map<String, Object> attributes, String id, LogNames.Named named) {
    attributes.put("k8s.namespace.name", named.namespace());
    attributes.put("k8s.pod.name", named.podAlone());
    attributes.put("jcri.pod.id", named.podId());
    named
        .container()
        .ifPresent(container -> {
          attributes.put("k8s.container.name", container);
          attributes.put("container.id", id);
        });
  }

  /** As OpenTelemetry's conventions have it: what the caller did wrong is no error of a server. */
  private static Optional<String> error(Status status) {
    return switch (status.getCode()) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> {
        String text = String.valueOf(status.getDescription());
        yield Optional.of(text.substring(0, Math.min(LONGEST_MESSAGE, text.length())));
      }
      case OK,
          CANCELLED,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNAUTHENTICATED ->
          Optional.empty();
    };
  }
}
