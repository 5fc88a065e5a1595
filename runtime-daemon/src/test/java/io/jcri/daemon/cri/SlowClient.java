package io.jcri.daemon.cri;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of a stream that takes replies only when the test says so. */
public final class SlowClient<Q, R> implements ClientResponseObserver<Q, R> {
  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<R> replies = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final CompletableFuture<ClientCallStreamObserver<Q>> call = new CompletableFuture<>();

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> requests) {
    call.complete(requests);
    requests.disableAutoRequestWithInitial(0);
  }

  @Override
  public void onNext(R reply) {
    replies.add(reply);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }

  public void request(int count) {
    call.join().request(count);
  }

  R next() throws InterruptedException {
    @Nullable R reply = replies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (reply == null) {
      throw new AssertionError("no reply, and the stream is " + end);
    }
    return reply;
  }

  public R take() throws InterruptedException {
    request(1);
    return next();
  }

  public void cancel() {
    call.join().cancel("the client has seen enough", null);
  }

  public Status end() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
