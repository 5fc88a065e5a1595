package io.jcri.daemon.cri.call;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.shim.ShimException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a {@link Call} and answers with its reply or with its failure's status. */
public final class Unary {
  private static final Logger log = LoggerFactory.getLogger(Unary.class);

  private Unary() {}

  static <Q, R> void answer(Call<Q, R> call, Q request, StreamObserver<R> observer) {
    try {
      if (request instanceof Message message) {
        Texts.check(message);
      }
      Replies.answer(call, request, observer);
    } catch (OutOfMemoryError e) {
      HeapGuard.callFailed(call.getClass().getSimpleName());
      observer.onError(ErrorMapping.status(e).asRuntimeException());
    } catch (Exception e) {
      Status status = ErrorMapping.status(e);
      report(call.getClass().getSimpleName(), status, e);
      observer.onError(status.asRuntimeException());
    }
  }

  /**
   * What the caller did wrong is the caller's to log; what we did wrong is ours, with the stack. A
   * runtime that refused has said all there is: a probe of a program that is not there would add a
   * stack to the node's log every second.
   */
  public static void report(String name, Status status, Exception e) {
    switch (status.getCode()) {
      case NOT_FOUND, INVALID_ARGUMENT, ALREADY_EXISTS, FAILED_PRECONDITION ->
          log.info("{} answered {}: {}", name, status.getCode(), status.getDescription());
      case INTERNAL -> {
        if (runtimeRefused(e)) {
          log.warn("{} answered {}: {}", name, status.getCode(), status.getDescription());
        } else {
          log.error("{} answered {}: {}", name, status.getCode(), status.getDescription(), e);
        }
      }
      default -> log.warn("{} answered {}: {}", name, status.getCode(), status.getDescription());
    }
  }

  private static boolean runtimeRefused(Throwable failure) {
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ShimException refusal) {
        return refusal.kind() == ShimException.Kind.REFUSED;
      }
    }
    return false;
  }
}
