package io.jcri.daemon.cri;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.jcri.daemon.budget.Bound;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the calls in progress and the bytes of their requests, as they arrive: what is beyond the
 * bounds is refused before it is in memory as a message. Thread-safe.
 */
final class Requests extends ServerStreamTracer.Factory implements ServerInterceptor {
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    calls.incrementAndGet();
    return new Call();
  }

  /** Refuses the calls that are too many. */
  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (calls.get() <= Bound.CALLS.limit()) {
      return next.startCall(call, headers);
    }
    call.close(exhausted("more than %d calls are in progress", Bound.CALLS), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** gRPC ends a call with what is thrown while its request is read. */
  private final class Call extends ServerStreamTracer {
    private final AtomicLong mine = new AtomicLong();

    @Override
    public void inboundWireSize(long more) {
      mine.addAndGet(more);
      long all = bytes.addAndGet(more);
      if (all > Bound.ALL_REQUESTS.limit()) {
        throw exhausted(
                "the requests in progress have more than %d bytes together", Bound.ALL_REQUESTS)
            .asRuntimeException();
      }
    }

    @Override
    public void streamClosed(Status status) {
      bytes.addAndGet(-mine.getAndSet(0));
      calls.decrementAndGet();
    }
  }

  private static Status exhausted(String what, Bound bound) {
    return Status.RESOURCE_EXHAUSTED.withDescription(what.formatted(bound.limit()));
  }
}
