package io.jcri.daemon.core;

import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.log.CurrentCall;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Creations in progress by name. The kubelet repeats a call whose deadline ran out, with the same
 * name, while the first one is still at work: the repetition joins it and gets its result. The work
 * runs in a thread of its own, so a caller that goes away does not end it.
 *
 * <p>Thread-safe.
 *
 * @param <K> what makes the creation unique
 * @param <V> its result
 */
public final class InFlight<K, V> {
  private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();

  /**
   * Runs the work, or joins the run of an equal key.
   *
   * @throws JcriException what the work threw
   */
  public V join(K key, String what, Callable<V> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    @Nullable CompletableFuture<V> theirs = running.putIfAbsent(key, mine);
    if (theirs == null) {
      start(key, what, mine, work);
    }
    return await(theirs == null ? mine : theirs, what);
  }

  /**
   * Runs the work, but joins nobody's.
   *
   * @return empty when an equal key is at work
   */
  public Optional<V> alone(K key, String what, Callable<V> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    if (running.putIfAbsent(key, mine) != null) {
      return Optional.empty();
    }
    start(key, what, mine, work);
    return Optional.of(await(mine, what));
  }

  private void start(K key, String what, CompletableFuture<V> result, Callable<V> work) {
    Thread.ofVirtual().name(what).start(CurrentCall.carried(() -> run(key, result, work)));
  }

  private void run(K key, CompletableFuture<V> result, Callable<V> work) {
    try {
      V value = work.call();
      running.remove(key);
      result.complete(value);
    } catch (Throwable e) {
      running.remove(key);
      result.completeExceptionally(e);
    }
  }

  private static <V> V await(CompletableFuture<V> future, String what) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          what + " goes on, but its caller has gone; call again to join",
          e);
    } catch (CancellationException e) {
      throw new JcriException(Kind.INTERNAL, what + " was cancelled", e);
    } catch (ExecutionException e) {
      throw Failures.unchecked(e.getCause(), what);
    }
  }
}
