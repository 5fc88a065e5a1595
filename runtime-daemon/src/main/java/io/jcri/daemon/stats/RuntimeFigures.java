package io.jcri.daemon.stats;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.system.Clock;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.RuntimeStats;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks OCI runtimes what their containers use, of which the kernel knows too little. Each question
 * is a process that may hang: they are asked a few at a time, whoever wants to know waits so long
 * and no longer, and one that has hung is left alone for a while.
 *
 * <p>Thread-safe.
 */
final class RuntimeFigures {
  private static final Logger log = LoggerFactory.getLogger(RuntimeFigures.class);

  private static final int AT_ONCE = 8;
  private static final long SILENCE_NANOS = 60_000_000_000L;

  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Duration patience;
  private final Duration patienceForAll;
  private final Semaphore room = new Semaphore(AT_ONCE);
  private final Map<String, CompletableFuture<Optional<Told>>> asked = new ConcurrentHashMap<>();
  private final ValuesById<Long> silentSince;

  /**
   * What was told of one.
   *
   * @param at nanoseconds since the epoch
   * @param nanoTime the same by a clock that never goes back
   */
  record Told(long at, long nanoTime, RuntimeStats stats) {}

  /**
   * Nothing is known yet.
   *
   * @param exists whether there is a container of that ID
   * @param patience with one runtime
   * @param patienceForAll with all that are asked together
   */
  RuntimeFigures(
      Clock clock,
      LongSupplier nanoTime,
      Predicate<String> exists,
      Duration patience,
      Duration patienceForAll) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.silentSince = new ValuesById<>(exists);
    this.patience = patience;
    this.patienceForAll = patienceForAll;
  }

  /** Asks for all of these containers; those that tell nothing in time are left out. */
  Map<String, Told> of(Map<String, Handler> containers) {
    Map<String, CompletableFuture<Optional<Told>>> answers = new HashMap<>();
    containers.forEach((id, handler) -> {
      if (!silent(id)) {
        answers.put(id, ask(id, handler));
      }
    });
    long end = System.nanoTime() + patienceForAll.toNanos();
    Map<String, Told> told = new HashMap<>();
    answers.forEach((id, answer) ->
        await(answer, end - System.nanoTime()).ifPresent(value -> told.put(id, value)));
    return told;
  }

  private boolean silent(String id) {
    @Nullable Long since = silentSince.values().get(id);
    return since != null && nanoTime.getAsLong() - since < SILENCE_NANOS;
  }

  private static Optional<Told> await(CompletableFuture<Optional<Told>> answer, long nanos) {
    try {
      return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Who asks of a container that is asked of already gets the same answer. */
  private CompletableFuture<Optional<Told>> ask(String id, Handler handler) {
    CompletableFuture<Optional<Told>> mine = new CompletableFuture<>();
    @Nullable CompletableFuture<Optional<Told>> others = asked.putIfAbsent(id, mine);
    if (others != null) {
      return others;
    }
    Thread.ofVirtual()
        .name("figures of " + id)
        .start(
            HeapGuard.expendable("a question to an OCI runtime", () -> answer(id, handler, mine)));
    return mine;
  }

  private void answer(String id, Handler handler, CompletableFuture<Optional<Told>> answer) {
    Optional<Told> told = Optional.empty();
    try {
      room.acquire();
      try {
        told = ask(handler, id);
      } finally {
        room.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asked.remove(id);
      answer.complete(told);
    }
  }

  private Optional<Told> ask(Handler handler, String id) {
    try {
      RuntimeStats stats = handler.runtime().stats(id, patience);
      silentSince.values().remove(id);
      return Optional.of(new Told(clock.nanos(), nanoTime.getAsLong(), stats));
    } catch (OciException e) {
      // the kind says whether it has hung; one that has ended meanwhile has no figures either
      log.debug("no figures of container {}: {}", id, e.getMessage());
      if (e.kind() == OciException.Kind.DEADLINE_EXCEEDED) {
        silentSince.values().put(id, nanoTime.getAsLong());
      }
    } catch (JcriException e) {
      log.debug("no figures of container {}: {}", id, e.getMessage());
    }
    return Optional.empty();
  }
}
