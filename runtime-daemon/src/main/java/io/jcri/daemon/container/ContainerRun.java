package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import io.jcri.shim.Shim;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final Registry<Container> containers;
  private final Pods pods;
  private final ContainerShims shims;
  private final ContainerHooks hooks;
  private final Clock clock;
  private final KeyedLocks locks;
  private final LiveContainers live;
  private final ContainerSteps steps;
  private final Starts starts = new Starts();
  private final ContainerLeftovers leftovers;

  /**
   * Runs the containers of a registry.
   *
   * @param locks one lifecycle step of a container at a time; shared with who creates and removes
   */
  public ContainerRun(
      Registry<Container> containers,
      Pods pods,
      ContainerShims shims,
      ContainerHooks hooks,
      Clock clock,
      KeyedLocks locks,
      ContainerSteps steps) {
    this.containers = containers;
    this.pods = pods;
    this.shims = shims;
    this.hooks = hooks;
    this.clock = clock;
    this.locks = locks;
    this.steps = steps;
    this.live = new LiveContainers(containers, steps, shims, hooks, clock, locks);
    this.leftovers = new ContainerLeftovers(containers, steps, shims, clock);
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
    log.info("container {} runs", id);
  }

  private void startHeld(String id, Stages stages) {
    try (KeyedLocks.Held _ = locks.hold(id);
        Starts.Start start = starts.begin(id)) {
      Container container = containers.require(id);
      ContainerStart starting =
          new ContainerStart(container, start, steps, live, shims, clock, stages);
      if (container.phase() == ContainerPhase.CREATED && starting.isUnderWay()) {
        goOn(id, starting);
        return;
      }
      leftovers.endShim(id);
      container = containers.require(id);
      if (!ContainerLife.can(container.phase(), ContainerEvent.START)) {
        throw JcriException.precondition(
            "container %s is %s and can't be started".formatted(id, container.phase()));
      }
      Pod _ = pods.requireReady(container.podId());
      try (ContainerHooks.Step step = hooks.step()) {
        ContainerNamespaces.checkTarget(containers, container);
        step.start(container);
        starting.start();
        containers.get(id).ifPresent(step::started);
      } catch (IOException | RuntimeException e) {
        throw starting.failed(e);
      }
    }
  }

  /** Plugins have had their say before the daemon before this one has asked for the start. */
  private void goOn(String id, ContainerStart starting) {
    try (ContainerHooks.Step step = hooks.step()) {
      starting.start();
      containers.get(id).ifPresent(step::started);
    } catch (IOException | RuntimeException e) {
      throw starting.failed(e);
    }
  }

  /**
   * Sends the container's stop signal, and SIGKILL when it has not ended after the grace period;
   * returns once it has. A stop that comes while another is at work sends no second stop signal,
   * but its own grace period counts. A container that does not run is no error; a start that hangs
   * in the OCI runtime is ended after the grace period.
   */
  public void stop(String id, Duration grace) throws IOException {
    if (containers.isUnreadable(id) && !grace.isZero()) {
      shims.stopUnknown(id, grace);
    }
    @Nullable LiveContainer container = liveOrEnded(id, grace);
    if (container != null) {
      steps.take(
          id,
          ContainerEvent.STOP,
          Map.of(ContainerAction.SIGNAL, () -> signal(id, container, grace)));
    }
  }

  private void signal(String id, LiveContainer container, Duration grace) throws IOException {
    Stages stages = new Stages("StopContainer " + id);
    try {
      signal(id, container, grace, stages);
    } finally {
      stages.finish();
    }
  }

  /** Returns when the container has ended. Needs no lock: its end is an event of its own. */
  private void signal(String id, LiveContainer container, Duration grace, Stages stages)
      throws IOException {
    if (!grace.isZero()) {
      stages.begin("grace");
      if (container.firstStop()) {
        int signal = StopSignals.numberOrTerm(containers.require(id).stopSignal());
        if (!container.send(signal)) {
          shims.stopSilent(containers.require(id), container.shim().process(), signal, grace);
          live.endSilent(container);
          return;
        }
      }
      if (container.awaitEnd(grace)) {
        return;
      }
      log.info(
          "container {} has ignored its stop signal for {} s and is killed", id, grace.toSeconds());
    }
    stages.begin("kill");
    if (!container.send(SIGKILL)) {
      live.endSilent(container);
      return;
    }
    if (!container.awaitEnd(LiveContainer.KILL_PATIENCE)) {
      if (!container.answers()) {
        live.endSilent(container);
        return;
      }
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          "container %s has not ended %d s after SIGKILL: the kernel holds on to its process"
              .formatted(id, LiveContainer.KILL_PATIENCE.toSeconds()));
    }
  }

  /**
   * The container as it lives, or null once nothing of it does. A start or recovery in progress
   * must not slip through between a stop and what follows it.
   */
  private @Nullable LiveContainer liveOrEnded(String id, Duration grace) {
    try (Starts.Stop _ = starts.stop(id, grace)) {
      return liveOrEnded(id);
    }
  }

  private @Nullable LiveContainer liveOrEnded(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      @Nullable LiveContainer container = live.get(id);
      if (container == null) {
        leftovers.end(id);
      }
      return container;
    }
  }

  /**
   * Takes up a start that a daemon before this one has died over, and ends what else that has left
   * of a container that it does not run.
   */
  public void takeUpLeftovers(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      boolean created =
          containers.get(id).filter(c -> c.phase() == ContainerPhase.CREATED).isPresent();
      if (live.get(id) == null && created) {
        takeUpStart(id);
      }
    }
    @Nullable LiveContainer _ = liveOrEnded(id);
  }

  private void takeUpStart(String id) {
    try (Starts.Start start = starts.begin(id)) {
      Stages stages = new Stages("start of container " + id);
      ContainerStart starting =
          new ContainerStart(containers.require(id), start, steps, live, shims, clock, stages);
      if (starting.isUnderWay()) {
        goOn(id, starting);
      }
    } catch (RuntimeException e) {
      log.warn("container {} has not been started: {}", id, e.getMessage());
    }
  }

  /** For whoever looks again and again: an end must not depend on one message alone. */
  public void lookForUntoldEnds() {
    live.lookForUntoldEnds();
  }

  /** How many shims the daemon is connected to. */
  public int shims() {
    return live.count();
  }

  /** The shim of a container whose process may be alive. */
  Optional<Shim> shim(String id) {
    return Optional.ofNullable(live.get(id)).map(LiveContainer::shim);
  }

  List<KeyedLocks.Taken> takenLocks() {
    return locks.taken();
  }

  /** Waits until a container has ended; says whether it has. */
  boolean awaitEnd(String id, Duration patience) {
    @Nullable LiveContainer container = live.get(id);
    return container == null || container.awaitEnd(patience);
  }

  /**
   * The shim of a container that ran before the restart is there. One that was ended or removed
   * before its shim answered needs it no more.
   */
  public void shimAnswered(String id, Shim shim) throws IOException {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (unknown(id).isPresent()) {
        steps.take(
            id,
            ContainerEvent.SHIM_ANSWERED,
            container -> container.withShim(shim.process()),
            Map.of(ContainerAction.WATCH_SHIM, () -> live.watch(id, shim)));
      } else {
        live.discard(id, shim);
      }
    }
  }

  /** The shim of a container that ran before the restart has gone. */
  public void shimGone(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Optional<Container> container = unknown(id);
      if (container.isPresent()) {
        Optional<Exit> exit = shims.exitRecord(id);
        if (exit.isPresent()) {
          leftovers.exited(container.get(), exit.get());
        } else if (!live.takeOver(id)) {
          leftovers.lost(container.get());
        }
      }
    }
  }

  private Optional<Container> unknown(String id) {
    return containers.get(id).filter(c -> c.phase() == ContainerPhase.UNKNOWN);
  }
}
