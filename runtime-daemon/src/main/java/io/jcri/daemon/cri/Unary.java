package io.jcri.daemon.cri;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.system.HeapGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a {@link Call} and answers with its reply or with its failure's status. */
final class Unary {
  private static final Logger log = LoggerFactory.getLogger(Unary.class);

  private Unary() {}

  static <Q, R> void answer(Call<Q, R> call, Q request, StreamObserver<R> observer) {
    try {
      if (request instanceof Message message) {
        Texts.check(message);
      }
      Replies.send(Replies.make(call, request), observer);
    } catch (OutOfMemoryError e) {
      observer.onError(ErrorMapping.status(e).asRuntimeException());
      HeapGuard.callFailed(call.getClass().getSimpleName());
    } catch (Exception e) {
      Status status = ErrorMapping.status(e);
      report(call.getClass().getSimpleName(), status, e);
      observer.onError(status.asRuntimeException());
    }
  }

  /**
   * What the caller did wrong is the caller's to log; what we did wrong is ours, with the stack.
   */
  static void report(String name, Status status, Exception e) {
    switch (status.getCode()) {
      case NOT_FOUND, INVALID_ARGUMENT, ALREADY_EXISTS, FAILED_PRECONDITION ->
          log.info("{} answered {}: {}", name, status.getCode(), status.getDescription());
      case INTERNAL ->
          log.error("{} answered {}: {}", name, status.getCode(), status.getDescription(), e);
      default -> log.warn("{} answered {}: {}", name, status.getCode(), status.getDescription());
    }
  }
}
