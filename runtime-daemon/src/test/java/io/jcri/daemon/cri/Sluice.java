package io.jcri.daemon.cri;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call's way out that has room for a reply only when the test asks for one. */
final class Sluice<P> extends ServerCallStreamObserver<P> {
  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<P> replies = new LinkedBlockingQueue<>();
  private final CompletableFuture<Boolean> end = new CompletableFuture<>();
  private volatile Runnable onReady = () -> {};
  private final Semaphore waits = new Semaphore(0);
  private volatile boolean room;

  /** Asks for the next reply, and gets it. */
  P take() throws InterruptedException {
    room = true;
    onReady.run();
    @Nullable P reply = replies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (reply == null) {
      throw new AssertionError("no reply, and the stream is " + end);
    }
    return reply;
  }

  /** Waits until the call waits for room: it does nothing now that it has not been asked for. */
  void awaitIdle() throws InterruptedException {
    if (!waits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the call does not wait for its caller");
    }
  }

  void awaitEnd() throws Exception {
    Boolean _ = end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void onNext(P reply) {
    if (!room) {
      end.completeExceptionally(new AssertionError("a reply came that nobody has asked for"));
    }
    room = false;
    waits.drainPermits();
    replies.add(reply);
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(true);
  }

  @Override
  public boolean isReady() {
    boolean ready = room;
    if (!ready) {
      waits.release();
    }
    return ready;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setOnReadyThreshold(int bytes) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}
}
