package io.jcri.daemon.container;

import io.jcri.daemon.Failures;
import io.jcri.daemon.JcriException;
import io.jcri.daemon.JcriException.Kind;
import io.jcri.daemon.KeyedLocks;
import io.jcri.daemon.Registry;
import io.jcri.daemon.Stages;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers from start to exit. The shim owns the process; here is what the daemon does with it.
 *
 * <p>Thread-safe. A start and the handling of an exit hold the container's lock; a stop waits for
 * the exit without it.
 */
public final class ContainerRun {
  private static final Logger log = LoggerFactory.getLogger(ContainerRun.class);
  private static final int SIGKILL = 9;

  /** How long after SIGKILL the kernel may take to end a process before a stop gives up waiting. */
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

  /** How long a shim that has gone may take to be noticed. */
  private static final Duration LOST_PATIENCE = Duration.ofSeconds(5);

  /** How long the OCI runtime and its hooks may take: as long as the kubelet waits by default. */
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  private final Registry<Container> containers;
  private final Pods pods;
  private final ShimSpecs shims;
  private final ContainerHooks hooks;
  private final Clock clock;
  private final KeyedLocks locks;
  private final Map<String, Live> live = new ConcurrentHashMap<>();
  private final Starts starts = new Starts();
  private final Remains remains;

  /** A container whose process may be alive. */
  private static final class Live {
    final Shim shim;
    final CompletableFuture<Exit> exit = new CompletableFuture<>();
    final CompletableFuture<Void> stopSignalSent = new CompletableFuture<>();

    Live(Shim shim) {
      this.shim = shim;
    }
  }

  public ContainerRun(
      Registry<Container> containers,
      Pods pods,
      ShimSpecs shims,
      ContainerHooks hooks,
      Clock clock,
      KeyedLocks locks) {
    this.containers = containers;
    this.pods = pods;
    this.shims = shims;
    this.hooks = hooks;
    this.clock = clock;
    this.locks = locks;
    this.remains = new Remains(containers, shims, clock);
  }

  /**
   * Starts a created container; returns once its process runs.
   *
   * @throws JcriException FAILED_PRECONDITION when it was started before or its pod is not ready;
   *     otherwise what the OCI runtime said, and the container has then exited with StartError
   */
  public void start(String id) {
    Stages stages = new Stages("StartContainer " + id);
    try {
      startHeld(id, stages);
    } catch (RuntimeException e) {
      containers.get(id).filter(c -> c.phase() == ContainerPhase.EXITED).ifPresent(hooks::stopped);
      throw e;
    }
    stages.finish();
  }

  private void startHeld(String id, Stages stages) {
    try (KeyedLocks.Held _ = locks.hold(id);
        Starts.Start start = starts.begin(id)) {
      remains.endHalfStarted(containers.require(id));
      Container container = containers.require(id);
      if (container.phase() != ContainerPhase.CREATED) {
        throw JcriException.precondition(
            "container %s is %s and can't be started".formatted(id, container.phase()));
      }
      if (!pods.require(container.podId()).ready()) {
        throw JcriException.precondition("pod sandbox " + container.podId() + " is not ready");
      }
      Optional<Shim> shim = Optional.empty();
      try (ContainerHooks.Step step = hooks.step()) {
        ContainerNamespaces.checkTarget(containers, container);
        step.start(container);
        shim = Optional.of(shims.launch(container));
        stages.done("shim");
        Shim started = shim.get();
        start.endedBy(() -> discard(id, started));
        int init = started.start(START_PATIENCE);
        start.succeeded();
        stages.done("runtime");
        containers.update(id, c -> c.started(clock.nanos(), init, started.process()));
        watch(id, started);
        stages.done("record");
        shims.forgetCheckpoint(id);
        containers.get(id).ifPresent(step::started);
      } catch (IOException | RuntimeException e) {
        shim.ifPresent(failed -> discard(id, failed));
        String message = e.getMessage() + shims.forgetCheckpoint(id);
        containers.updateAnyway(id, c -> c.exited(Exit.startError(clock.nanos(), message)));
        throw startFailure(id, message, e);
      }
    }
  }

  private static RuntimeException startFailure(String id, String message, Exception e) {
    return switch (e) {
      case ShimException late when late.kind() == ShimException.Kind.TIMEOUT ->
          new JcriException(
              Kind.DEADLINE_EXCEEDED,
              "container %s could not be started: the OCI runtime has not ended after %d s"
                  .formatted(id, START_PATIENCE.toSeconds()),
              late);
      case ShimException refused ->
          new JcriException(
              Kind.INTERNAL, "container " + id + " could not be started: " + message, refused);
      default -> Failures.unchecked(e, "start of container " + id);
    };
  }

  /** From here on the exit finds its way into the record; one that has happened does so at once. */
  private void watch(String id, Shim shim) {
    Live entry = new Live(shim);
    live.put(id, entry);
    shim.onExit(record ->
        Thread.ofVirtual().name("exit of " + id).start(() -> exited(id, entry, Exit.of(record))));
    shim.onLost(() -> Thread.ofVirtual().name("shim of " + id).start(() -> lost(id, entry)));
  }

  /** Records the exit first, then tells who waits, then lets the OCI runtime and the shim go. */
  private void exited(String id, Live entry, Exit exit) {
    exited(id, entry, exit, () -> discard(id, entry.shim));
  }

  private void exited(String id, Live entry, Exit exit, Runnable letGo) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (!live.remove(id, entry)) {
        return;
      }
      try {
        containers.updateAnyway(id, c -> c.exited(exit));
      } catch (RuntimeException e) {
        log.error("exit of container {} could not be recorded", id, e);
      }
      letGo.run();
    } finally {
      entry.exit.complete(exit);
    }
    containers.get(id).ifPresent(hooks::stopped);
  }

  /** The shim died or closed its socket: its record tells, or else nobody knows how it ended. */
  private void lost(String id, Live entry) {
    Exit exit =
        shims
            .exitRecord(id)
            .orElseGet(() ->
                Exit.unknown(clock.nanos(), "its shim was lost, and with it the true exit code"));
    containers.get(id).ifPresent(shims::forceDelete);
    exited(id, entry, exit);
  }

  private void discard(String id, Shim shim) {
    try (shim) {
      shim.delete();
    } catch (ShimException e) {
      log.warn("container {} could not be deleted from its OCI runtime: {}", id, e.getMessage());
      if (e.kind() == ShimException.Kind.TIMEOUT) {
        containers.get(id).ifPresent(container -> endBoth(container, shim.process()));
      }
    }
  }

  private void endBoth(Container container, ProcessId shim) {
    try {
      Exit _ = shims.killSilent(container, shim);
    } catch (IOException | RuntimeException e) {
      log.warn("container {} could not be killed: {}", container.id(), e.getMessage());
    }
    shims.forceDelete(container, Optional.of(shim));
  }

  /**
   * Sends the container's stop signal, and SIGKILL when it has not ended after the grace period;
   * returns once it has. A stop that comes while another is at work sends no second stop signal,
   * but its own grace period counts. A container that does not run is no error; a start that hangs
   * in the OCI runtime is ended after the grace period.
   */
  public void stop(String id, Duration grace) throws IOException {
    @Nullable Live entry;
    try (Starts.Stop _ = starts.stop(id, grace)) {
      entry = liveOrEnded(id);
    }
    if (entry == null) {
      return;
    }
    if (!grace.isZero()) {
      if (entry.stopSignalSent.complete(null)) {
        int signal = StopSignals.numberOrTerm(containers.require(id).stopSignal());
        if (!send(id, entry, signal)) {
          shims.stopSilent(containers.require(id), entry.shim.process(), signal, grace);
          endSilent(id, entry);
          return;
        }
      }
      if (awaitExit(id, entry, grace)) {
        return;
      }
      log.info("container {} ignored its stop signal for {} s", id, grace.toSeconds());
    }
    if (!send(id, entry, SIGKILL)) {
      endSilent(id, entry);
      return;
    }
    if (!awaitExit(id, entry, KILL_PATIENCE)) {
      if (!answers(entry.shim)) {
        endSilent(id, entry);
        return;
      }
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          "container %s has not ended %d s after SIGKILL: the kernel holds on to its process"
              .formatted(id, KILL_PATIENCE.toSeconds()));
    }
  }

  /**
   * The shim refuses to signal a container that has just ended; its word of the end then follows.
   *
   * @return false when the shim lives but does not answer
   */
  private static boolean send(String id, Live entry, int signal) throws IOException {
    try {
      entry.shim.kill(signal);
      return true;
    } catch (ShimException e) {
      boolean silent =
          switch (e.kind()) {
            case TIMEOUT -> true;
            // So many have asked a stopped one that it has no room for another connection.
            case LOST -> entry.shim.process().alive() && !awaitExit(id, entry, LOST_PATIENCE);
            case REFUSED, INTERRUPTED, PROTOCOL -> false;
          };
      if (!silent && !awaitExit(id, entry, KILL_PATIENCE)) {
        throw e;
      }
      return !silent;
    }
  }

  private static boolean answers(Shim shim) {
    try {
      return !shim.status().containerId().isEmpty();
    } catch (ShimException e) {
      log.warn("{}", e.getMessage());
      return e.kind() != ShimException.Kind.TIMEOUT;
    }
  }

  /** Ends a container past its shim, and the shim; records what can be told of the end. */
  private void endSilent(String id, Live entry) throws IOException {
    log.warn("the shim of container {} does not answer and is ended with it", id);
    Container container;
    Exit exit;
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (live.get(id) != entry) {
        return; // another stop was first, or the shim has come to itself
      }
      container = containers.require(id);
      exit = shims.killSilent(container, entry.shim.process());
    }
    exited(
        id,
        entry,
        exit,
        () -> {
          entry.shim.close();
          shims.forceDelete(container);
        });
  }

  /**
   * The container as it lives, or null once nothing of it does. A start or recovery in progress
   * must not slip through between a stop and what follows it.
   */
  private @Nullable Live liveOrEnded(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      @Nullable Live entry = live.get(id);
      if (entry == null) {
        remains.end(id);
      }
      return entry;
    }
  }

  /** Ends what a daemon before this one has left of a container that it does not run. */
  void endRemains(String id) {
    @Nullable Live _ = liveOrEnded(id);
  }

  private static boolean awaitExit(String id, Live entry, Duration patience) {
    try {
      entry.exit.get(patience.toNanos(), TimeUnit.NANOSECONDS);
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

  /** The shim of a container whose process may be alive. */
  Optional<Shim> shim(String id) {
    return Optional.ofNullable(live.get(id)).map(entry -> entry.shim);
  }

  /** Waits until a container has ended; says whether it has. */
  boolean awaitEnd(String id, Duration patience) {
    @Nullable Live entry = live.get(id);
    return entry == null || awaitExit(id, entry, patience);
  }

  /**
   * Takes up the shim of a container that ran before the restart; one that was ended or removed
   * before its shim answered needs it no more.
   */
  void recover(String id, Shim shim) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (containers.get(id).filter(c -> c.phase() == ContainerPhase.UNKNOWN).isPresent()) {
        containers.updateAnyway(id, c -> c.with(ContainerPhase.RUNNING));
        watch(id, shim);
      } else {
        discard(id, shim);
      }
    }
  }
}
