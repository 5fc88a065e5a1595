package io.jcri.daemon.cri.call;

import io.grpc.Context;
import io.grpc.ForwardingServerCallListener;
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
public final class Requests extends ServerStreamTracer.Factory implements ServerInterceptor {
  private static final Context.Key<Call> CALL = Context.key("requests");

  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong decoded = new AtomicLong();

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    calls.incrementAndGet();
    return new Call();
  }

  /** Whether a request may take so many bytes in memory; if not, its call will be ended. */
  static boolean mayHold(long size) {
    Call call = CALL.get();
    return call == null || call.decoding(size);
  }

  /** Refuses the calls that are too many. */
  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (calls.get() <= Bound.CALLS.limit()) {
      return new Listener<>(call, next.startCall(call, headers));
    }
    call.close(exhausted("more than %d calls are in progress", Bound.CALLS), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Ends the call of a request that was too much to be made. */
  private static final class Listener<Q>
      extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private boolean refused;

    Listener(ServerCall<Q, ?> call, ServerCall.Listener<Q> next) {
      super(next);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      Call its = CALL.get();
      if (its != null && its.tooMuch) {
        refused = true;
        call.close(
            exhausted("the requests in progress take more than %d bytes", Bound.DECODED_REQUESTS),
            new Metadata());
      } else {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }

  /** gRPC ends a call with what is thrown while its request is read. */
  private final class Call extends ServerStreamTracer {
    private final AtomicLong mine = new AtomicLong();
    private long held; // these two are guarded by this
    private boolean closed;
    private volatile boolean tooMuch;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(CALL, this);
    }

    /** Of a call that is over nothing is counted: nobody would give it back. */
    synchronized boolean decoding(long size) {
      if (!closed && decoded.addAndGet(size) <= Bound.DECODED_REQUESTS.limit()) {
        held += size;
        return true;
      }
      decoded.addAndGet(closed ? 0 : -size);
      tooMuch = true;
      return false;
    }

    private synchronized void giveBack() {
      closed = true;
      decoded.addAndGet(-held);
      held = 0;
    }

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
      giveBack();
      calls.decrementAndGet();
    }
  }

  private static Status exhausted(String what, Bound bound) {
    return Status.RESOURCE_EXHAUSTED.withDescription(what.formatted(bound.limit()));
  }
}
