package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container whose process may be alive, and the shim that it is signalled through.
 *
 * <p>Thread-safe.
 */
final class LiveContainer {
  private static final Logger log = LoggerFactory.getLogger(LiveContainer.class);

  /** How long after SIGKILL the kernel may take to end a process before a stop gives up waiting. */
  static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

  /** How long a shim that has gone may take to be noticed. */
  private static final Duration LOST_PATIENCE = Duration.ofSeconds(5);

  /** How long it may take until an end that has happened is told of. */
  private static final Duration TOLD_PATIENCE = Duration.ofSeconds(2);

  /** How long it may take until another shim stands in the place of one that has died. */
  private static final Duration SUCCESSION_PATIENCE = Duration.ofSeconds(15);

  private final String id;
  private final Object change = new Object();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final CompletableFuture<Void> stopSignalSent = new CompletableFuture<>();
  private final Consumer<LiveContainer> look;
  private volatile Shim shim;

  /**
   * @param look looks for an end that nobody was told of
   */
  LiveContainer(String id, Shim shim, Consumer<LiveContainer> look) {
    this.id = id;
    this.shim = shim;
    this.look = look;
  }

  String id() {
    return id;
  }

  Shim shim() {
    return shim;
  }

  /** Another shim has taken the place of one that has died. */
  void follow(Shim successor) {
    synchronized (change) {
      shim = successor;
      change.notifyAll();
    }
  }

  /** Tells all who wait that the container has ended. */
  void ended() {
    end.complete(null);
    synchronized (change) {
      change.notifyAll();
    }
  }

  /**
   * Whether nobody has been told of its end for a while, though it may have happened: what is on
   * its way to us is not hurried.
   */
  boolean isUntold() {
    return !awaitEnd(TOLD_PATIENCE);
  }

  /** Says whether the caller is the first to stop it, whose part it is to send the stop signal. */
  boolean firstStop() {
    return stopSignalSent.complete(null);
  }

  /**
   * Waits until the container has ended; says whether it has.
   *
   * @throws JcriException DEADLINE_EXCEEDED when the thread is interrupted
   */
  boolean awaitEnd(Duration patience) {
    try {
      end.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          "the end of container " + id + " was not waited for: its caller has gone",
          e);
    } catch (ExecutionException e) {
      throw Failures.unchecked(e.getCause(), "stop of container " + id);
    }
  }

  /**
   * Sends a signal to the container's first process. The shim refuses to signal a container that
   * has just ended; its word of the end then follows.
   *
   * @return false when the shim lives but does not answer
   */
  boolean send(int signal) throws IOException {
    Shim asked = shim;
    try {
      asked.kill(signal);
      return true;
    } catch (ShimException e) {
      if (e.kind() == ShimException.Kind.LOST && awaitSuccessor(asked)) {
        return send(signal);
      }
      boolean silent =
          switch (e.kind()) {
            case TIMEOUT -> true;
            // So many have asked a stopped one that it has no room for another connection.
            case LOST -> asked.process().alive() && !awaitEnd(LOST_PATIENCE);
            case REFUSED, INTERRUPTED, PROTOCOL -> false;
          };
      if (!silent && !awaitEnd(TOLD_PATIENCE)) {
        look.accept(this);
      }
      if (!silent && !awaitEnd(KILL_PATIENCE)) {
        throw e;
      }
      return !silent;
    }
  }

  /** Whether another shim takes the place of one that has died, before the container has ended. */
  private boolean awaitSuccessor(Shim dead) throws IOException {
    if (dead.process().alive()) {
      return false;
    }
    long deadline = System.nanoTime() + SUCCESSION_PATIENCE.toNanos();
    try {
      synchronized (change) {
        while (shim == dead && !end.isDone()) {
          long left = (deadline - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            return false;
          }
          change.wait(left);
        }
        return shim != dead;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether the shim says anything at all. */
  boolean answers() {
    try {
      return !shim.status().containerId().isEmpty();
    } catch (ShimException e) {
      log.warn("the shim of container {} does not answer: {}", id, e.getMessage());
      return e.kind() != ShimException.Kind.TIMEOUT;
    }
  }
}
