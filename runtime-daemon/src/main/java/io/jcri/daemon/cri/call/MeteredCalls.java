package io.jcri.daemon.cri.call;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.jcri.daemon.core.Meter;

/**
 * Tells who counts of each call, from its headers until its answer has been sent: by gRPC's own
 * word, so that refused, cancelled and streamed calls count like all others. Thread-safe.
 */
public final class MeteredCalls extends ServerStreamTracer.Factory {
  private static final ServerStreamTracer UNCOUNTED = new ServerStreamTracer() {};

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    Meter meter = Meter.now();
    return meter.equals(Meter.NONE) ? UNCOUNTED : new Counted(meter, method);
  }

  /** Its end is told to whom its begin was. */
  private static final class Counted extends ServerStreamTracer {
    private final Meter meter;
    private final String method;
    private final long begin = System.nanoTime();

    Counted(Meter meter, String method) {
      this.meter = meter;
      this.method = method;
      meter.called(method);
    }

    @Override
    public void streamClosed(Status status) {
      meter.answered(method, status.getCode().name(), System.nanoTime() - begin);
    }
  }
}
