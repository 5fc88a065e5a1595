package io.jcri.daemon.cri.call;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.system.HeapGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link Call} that may take minutes and whose reply is small, beside gRPC's own thread,
 * which must stay free to tell of the caller's leaving: then the call's thread is interrupted.
 */
final class LongCalls {
  private static final Logger log = LoggerFactory.getLogger(LongCalls.class);

  private LongCalls() {}

  static <Q extends Message, R> void answer(
      String method, Call<Q, R> call, Q request, StreamObserver<R> observer) {
    var server = (ServerCallStreamObserver<R>) observer;
    Runnable work =
        CurrentCall.unwatched(
            method, () -> Subjects.of(request), () -> run(method, call, request, server));
    Thread thread = Thread.ofVirtual().name(method).unstarted(Context.current().wrap(work));
    server.setOnCancelHandler(thread::interrupt);
    thread.start();
  }

  private static <Q extends Message, R> void run(
      String method, Call<Q, R> call, Q request, ServerCallStreamObserver<R> server) {
    R reply;
    try {
      Texts.check(request);
      reply = call.handle(request);
    } catch (Exception e) {
      failed(method, request, server, e);
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
      server.onNext(reply);
      server.onCompleted();
    }
  }

  private static void failed(
      String method, Message request, ServerCallStreamObserver<?> server, Exception e) {
    Status status = ErrorMapping.status(e);
    if (server.isCancelled()) {
      log.info("{} was given up by its caller: {}", method, status.getDescription());
      return;
    }
    FailedCalls.report(method, request, status, e);
    server.onError(status.asRuntimeException());
  }
}
