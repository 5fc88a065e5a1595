package io.jcri.daemon.cri.call;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.system.HeapGuard;

/** Runs a {@link StreamCall} beside gRPC's own thread, which must stay free to tell of progress. */
public final class Streaming {
  /** As grpc-java's default: some parts are on their way while the next one is made. */
  private static final int IN_FLIGHT_BYTES = 32 << 10;

  private Streaming() {}

  public static <Q, R> void answer(
      String method, StreamCall<Q, R> call, Q request, StreamObserver<R> observer) {
    answer(method, call, request, observer, IN_FLIGHT_BYTES);
  }

  /** As above; {@link PacedReplies} waits while there are so many bytes on their way. */
  public static <Q, R> void answer(
      String method,
      StreamCall<Q, R> call,
      Q request,
      StreamObserver<R> observer,
      int inFlightBytes) {
    ServerCallStreamObserver<R> server = (ServerCallStreamObserver<R>) observer;
    server.setOnReadyThreshold(inFlightBytes);
    PacedReplies<R> replies = new PacedReplies<>(server);
    Runnable work =
        CurrentCall.unwatched(
            method, () -> Subjects.of(request), () -> run(method, call, request, replies, server));
    Thread thread = Thread.ofVirtual().name(method).unstarted(Context.current().wrap(work));
    server.setOnCancelHandler(thread::interrupt);
    thread.start();
  }

  private static <Q, R> void run(
      String method,
      StreamCall<Q, R> call,
      Q request,
      PacedReplies<R> replies,
      ServerCallStreamObserver<R> server) {
    try {
      call.handle(request, replies);
    } catch (Exception e) {
      if (!server.isCancelled()) {
        Status status = ErrorMapping.status(e);
        FailedCalls.report(method, request, status, e);
        server.onError(status.asRuntimeException());
      }
      return;
    } catch (Error e) {
      // The caller would wait on.
      if (!server.isCancelled()) {
        server.onError(ErrorMapping.status(e).asRuntimeException());
      }
      if (!(e instanceof OutOfMemoryError)) {
        throw e;
      }
      HeapGuard.callFailed(method);
      return;
    }
    if (!server.isCancelled()) {
      server.onCompleted();
    }
  }
}
