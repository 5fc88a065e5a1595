package io.jcri.daemon.cri.call;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link StreamCall} puts its replies: as fast as the caller takes them, so that no more
 * than a few wait in memory.
 *
 * <p>Used by the call's thread; gRPC's threads wake it.
 *
 * @param <R> the reply messages
 */
public final class PacedReplies<R> {
  private final ServerCallStreamObserver<R> observer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ready = lock.newCondition();
  private final AtomicReference<@Nullable Runnable> onSent = new AtomicReference<>();

  /** Before the service method returns, since gRPC takes no handler later. */
  PacedReplies(ServerCallStreamObserver<R> observer) {
    this.observer = observer;
    observer.setOnReadyHandler(this::wake);
  }

  private void wake() {
    if (observer.isReady()) {
      tellSent();
    }
    lock.lock();
    try {
      ready.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends a reply, and returns when there is room for the next one.
   *
   * @param sent is run once, then; with {@link PromptCalls} by the thread that wrote to the socket,
   *     before it does anything else, so that the caller can hardly do anything before that. Must
   *     be quick.
   */
  public void send(R reply, Runnable sent) throws InterruptedException {
    awaitRoom();
    onSent.set(sent);
    observer.onNext(reply);
    awaitRoom();
    tellSent();
  }

  private void tellSent() {
    @Nullable Runnable sent = onSent.getAndSet(null);
    if (sent != null) {
      sent.run();
    }
  }

  /** Sends a reply once there is room for it. */
  public void send(R reply) throws InterruptedException {
    awaitRoom();
    observer.onNext(reply);
  }

  /**
   * Waits until less than the call's threshold is on its way; with a threshold of one byte, until
   * the caller's socket has all.
   */
  public void awaitRoom() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!observer.isReady()) {
        ready.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
