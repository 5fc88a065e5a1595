package io.jcri.daemon.cri;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.budget.SharedBudget;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * What the replies of lists may take: few are put together at a time, and those that clients do not
 * read are counted until they have. Thread-safe.
 */
final class Replies {
  /** Smaller ones come with every call and are bounded by the number of calls. */
  private static final int SMALL = 16 << 10;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Semaphore TURNS = new Semaphore((int) Bound.LISTS_AT_A_TIME.limit(), true);
  private static final SharedBudget UNREAD = new SharedBudget(Bound.ALL_REPLIES);

  private Replies() {}

  /** Makes a reply; a list waits its turn. */
  static <Q, R> R make(Call<Q, R> call, Q request) throws Exception {
    if (!call.isList()) {
      return call.handle(request);
    }
    TURNS.acquire();
    try {
      return call.handle(request);
    } finally {
      TURNS.release();
    }
  }

  /** Sends the only reply of a call. To be called before the service method returns. */
  static <R> void send(R reply, StreamObserver<R> observer) throws InterruptedException {
    int size = reply instanceof MessageLite m ? m.getSerializedSize() : 0;
    if (size > SMALL && observer instanceof ServerCallStreamObserver<R> server) {
      SharedBudget.Share share = UNREAD.take(size, PATIENCE);
      server.setOnCloseHandler(share::close);
      server.setOnCancelHandler(share::close);
      if (server.isCancelled()) {
        share.close();
        return;
      }
    }
    observer.onNext(reply);
    observer.onCompleted();
  }
}
