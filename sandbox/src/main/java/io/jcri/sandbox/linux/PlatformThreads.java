package io.jcri.sandbox.linux;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where blocking downcalls run. A virtual thread in a downcall holds its carrier, and the daemon
 * has as many carriers as cores: two hung mounts would stop it. So such a call runs on one of a
 * bounded number of platform threads while its virtual thread waits. A caller that is a platform
 * thread itself runs it in place.
 */
public final class PlatformThreads {
  private static final int MAX_CALLS = 256;
  private static final long STACK_BYTES = 256 * 1024;
  private static final Semaphore PERMITS = new Semaphore(MAX_CALLS);

  /** The work of one call. */
  @FunctionalInterface
  public interface Call<T> {
    T run() throws IOException;
  }

  private PlatformThreads() {}

  /**
   * Runs {@code call} without holding a carrier. Not interruptible: the kernel's side of it cannot
   * be taken back, so the caller must learn its result.
   */
  public static <T extends @Nullable Object> T call(Call<T> call) throws IOException {
    if (!Thread.currentThread().isVirtual()) {
      return call.run();
    }
    PERMITS.acquireUninterruptibly();
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      Pool.THREADS.execute(() -> complete(result, call));
    } catch (RuntimeException | Error refused) {
      PERMITS.release();
      throw refused;
    }
    return await(result);
  }

  private static <T extends @Nullable Object> void complete(
      CompletableFuture<T> result, Call<T> call) {
    try {
      result.complete(call.run());
    } catch (Throwable t) {
      result.completeExceptionally(t);
    } finally {
      PERMITS.release();
    }
  }

  /** Waits for a call on another thread, and throws what it has thrown. */
  static <T extends @Nullable Object> T await(CompletableFuture<T> result) throws IOException {
    try {
      return result.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ErrnoException errno -> throw errno;
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null -> throw e;
        case Throwable other -> throw new IOException(other);
      }
    }
  }

  /**
   * Made on first use; its threads go when idle. The permits bound it, not its size: a thread that
   * has given its permit back may not yet be idle when the next call comes.
   */
  private static final class Pool {
    static final ThreadPoolExecutor THREADS =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("jcri-syscall-", 0).daemon().stackSize(STACK_BYTES).factory());
  }
}
