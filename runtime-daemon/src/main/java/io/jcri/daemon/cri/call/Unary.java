package io.jcri.daemon.cri.call;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.system.HeapGuard;
import java.time.Duration;

/** Runs a {@link Call} and answers with its reply or with its failure's status. */
final class Unary {
  private Unary() {}

  static <Q, R> void answer(String method, Call<Q, R> call, Q request, StreamObserver<R> observer) {
    Duration allowed = call.allowed(request);
    CurrentCall.watched(
            method, () -> Subjects.of(request), allowed, () -> run(method, call, request, observer))
        .run();
  }

  private static <Q, R> void run(
      String method, Call<Q, R> call, Q request, StreamObserver<R> observer) {
    try {
      if (request instanceof Message message) {
        Texts.check(message);
      }
      Replies.answer(call, request, observer);
    } catch (OutOfMemoryError e) {
      HeapGuard.callFailed(method);
      observer.onError(ErrorMapping.status(e).asRuntimeException());
    } catch (Exception e) {
      Status status = ErrorMapping.status(e);
      FailedCalls.report(method, request, status, e);
      observer.onError(status.asRuntimeException());
    }
  }
}
