package io.jcri.daemon.cri.tracing;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.jcri.cri.v1.CreateContainerResponse;
import io.jcri.cri.v1.RunPodSandboxResponse;
import io.jcri.daemon.log.CurrentCall;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each call that is to be recorded, below its caller's, and one below that of each
 * of the call's stages. Thread-safe.
 */
final class CallTraces implements ServerInterceptor {
  private static final Metadata.Key<String> PARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> STATE =
      Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<CallSpan> SPAN = Context.key("span");

  private final Sampler sampler;
  private final Consumer<SpanRecord> ended;

  /**
   * Records calls.
   *
   * @param ended takes spans; must be quick
   */
  CallTraces(Sampler sampler, Consumer<SpanRecord> ended) {
    this.sampler = sampler;
    this.ended = ended;
  }

  /** The work for the present call begins. */
  static void begun(CurrentCall call) {
    @Nullable CallSpan span = SPAN.get();
    if (span != null) {
      span.begun(call);
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<TraceContext> caller = caller(headers);
    Optional<TraceContext> place = sampler.place(caller);
    if (place.isEmpty()) {
      return next.startCall(call, headers);
    }
    CallSpan span =
        new CallSpan(
            place.get(),
            caller,
            String.valueOf(call.getMethodDescriptor().getServiceName()),
            String.valueOf(call.getMethodDescriptor().getBareMethodName()),
            ended);
    return new Cancelling<>(
        Contexts.interceptCall(
            Context.current().withValue(SPAN, span), new Recorded<>(call, span), headers, next),
        span);
  }

  private static Optional<TraceContext> caller(Metadata headers) {
    @Nullable String parent = headers.get(PARENT);
    @Nullable String state = headers.get(STATE);
    return parent == null
        ? Optional.empty()
        : TraceContext.parse(parent, state == null ? "" : state);
  }

  private static final class Recorded<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final CallSpan span;

    Recorded(ServerCall<Q, R> call, CallSpan span) {
      super(call);
      this.span = span;
    }

    @Override
    public void sendMessage(R message) {
      switch (message) {
        case RunPodSandboxResponse reply -> span.made(reply.getPodSandboxId());
        case CreateContainerResponse reply -> span.made(reply.getContainerId());
        default -> {} // of others the request names the object
      }
      super.sendMessage(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      span.end(status);
      super.close(status, trailers);
    }
  }

  /** Of a call whose caller has gone nobody closes anything. */
  private static final class Cancelling<Q> extends SimpleForwardingServerCallListener<Q> {
    private final CallSpan span;

    Cancelling(ServerCall.Listener<Q> listener, CallSpan span) {
      super(listener);
      this.span = span;
    }

    @Override
    public void onCancel() {
      span.end(Status.CANCELLED);
      super.onCancel();
    }
  }
}
