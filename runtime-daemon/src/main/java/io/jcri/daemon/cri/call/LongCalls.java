package io.jcri.daemon.cri.call;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
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
      Call<Q, R> call, Q request, StreamObserver<R> observer) {
    var server = (ServerCallStreamObserver<R>) observer;
    String name = call.getClass().getSimpleName();
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(Context.current().wrap(() -> run(name, call, request, server)));
    server.setOnCancelHandler(thread::interrupt);
    thread.start();
  }

  private static <Q extends Message, R> void run(
      String name, Call<Q, R> call, Q request, ServerCallStreamObserver<R> server) {
    R reply;
    try {
      Texts.check(request);
      reply = call.handle(request);
    } catch (Exception e) {
      failed(name, server, e);
      return;
    } catch (Error e) {
      // The caller would wait on.
      if (!server.isCancelled()) {
        server.onError(ErrorMapping.status(e).asRuntimeException());
      }
      if (!(e instanceof OutOfMemoryError)) {
        throw e;
      }
      HeapGuard.callFailed(name);
      return;
    }
    if (!server.isCancelled()) {
      server.onNext(reply);
      server.onCompleted();
    }
  }

  private static void failed(String name, ServerCallStreamObserver<?> server, Exception e) {
    Status status = ErrorMapping.status(e);
    if (server.isCancelled()) {
      log.info("{} was given up by its caller: {}", name, status.getDescription());
      return;
    }
    Unary.report(name, status, e);
    server.onError(status.asRuntimeException());
  }
}
