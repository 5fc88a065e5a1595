package io.jcri.daemon.cri.call;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.budget.SharedBudget;
import io.jcri.daemon.core.JcriException;
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

  private static final Semaphore LISTS = new Semaphore((int) Bound.LISTS_AT_A_TIME.limit(), true);
  private static final Semaphore STATS = new Semaphore((int) Bound.STATS_AT_A_TIME.limit(), true);
  private static final SharedBudget UNREAD = new SharedBudget(Bound.ALL_REPLIES);

  private Replies() {}

  /** Makes and sends the only reply of a call. To be called before the service method returns. */
  static <Q, R> void answer(Call<Q, R> call, Q request, StreamObserver<R> observer)
      throws Exception {
    switch (call.kind()) {
      case SINGLE -> {
        R reply = call.handle(request);
        send(reply, UNREAD.take(counted(reply), PATIENCE), observer);
      }
      case LIST -> inTurn(LISTS, call, request, observer);
      case STATS -> inTurn(STATS, call, request, observer);
    }
  }

  /** A list that finds no room is forgotten and made again: many that wait would need as much. */
  private static <Q, R> void inTurn(
      Semaphore turns, Call<Q, R> call, Q request, StreamObserver<R> observer) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long size;
      turns.acquire();
      try {
        R reply = call.handle(request);
        size = counted(reply);
        if (trySend(reply, size, observer)) {
          return;
        }
      } finally {
        turns.release();
      }
      UNREAD.take(size, Duration.ofNanos(end - System.nanoTime())).close();
    }
  }

  private static <R> boolean trySend(R reply, long size, StreamObserver<R> observer) {
    SharedBudget.Share share;
    try {
      share = UNREAD.take(size);
    } catch (JcriException noRoom) {
      return false;
    }
    send(reply, share, observer);
    return true;
  }

  private static long counted(Object reply) {
    int size = reply instanceof MessageLite message ? message.getSerializedSize() : 0;
    return size > SMALL ? size : 0;
  }

  private static <R> void send(R reply, SharedBudget.Share share, StreamObserver<R> observer) {
    if (observer instanceof ServerCallStreamObserver<R> server) {
      server.setOnCloseHandler(share::close);
      server.setOnCancelHandler(share::close);
      if (server.isCancelled()) {
        share.close();
        return;
      }
    } else {
      share.close(); // nobody would tell when it has left
    }
    observer.onNext(reply);
    observer.onCompleted();
  }
}
