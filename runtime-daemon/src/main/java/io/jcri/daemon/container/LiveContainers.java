package io.jcri.daemon.container;

import static io.jcri.daemon.life.ContainerAction.FORCE_DELETE;
import static io.jcri.daemon.life.ContainerAction.KILL;
import static io.jcri.daemon.life.ContainerAction.LET_GO;
import static io.jcri.daemon.life.ContainerAction.TAKE_EXIT;

import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.Transition.Work;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containers whose processes may be alive, each until its exit is recorded.
 *
 * <p>Thread-safe. An exit is handled with the container's lock held.
 */
final class LiveContainers {
  private static final Logger log = LoggerFactory.getLogger(LiveContainers.class);

  private final Registry<Container> containers;
  private final ContainerSteps steps;
  private final ContainerShims shims;
  private final ContainerHooks hooks;
  private final Clock clock;
  private final KeyedLocks locks;
  private final ShimSuccession succession;
  private final Map<String, LiveContainer> live = new ConcurrentHashMap<>();

  LiveContainers(
      Registry<Container> containers,
      ContainerSteps steps,
      ContainerShims shims,
      ContainerHooks hooks,
      Clock clock,
      KeyedLocks locks) {
    this.containers = containers;
    this.steps = steps;
    this.shims = shims;
    this.hooks = hooks;
    this.clock = clock;
    this.locks = locks;
    this.succession = new ShimSuccession(containers, steps, shims);
  }

  /** The container with this id, or null when it does not run. */
  @Nullable LiveContainer get(String id) {
    return live.get(id);
  }

  /**
   * Looks whether any has ended, or has lost its shim, without a word of it: a connection may break
   * so that nobody notices, as when the node is short of something.
   */
  void lookForUntoldEnds() {
    live.values().forEach(this::lookForUntoldEnd);
  }

  private void lookForUntoldEnd(LiveContainer entry) {
    String id = entry.id();
    try {
      Optional<Exit> exit = shims.exitRecord(id);
      if (exit.isPresent() && entry.isUntold()) {
        log.warn("container {} has ended, which its shim's record alone has told", id);
        exited(entry, exit.get());
      } else if (exit.isEmpty() && !entry.shim().process().alive() && entry.isUntold()) {
        lost(entry);
      }
    } catch (IOException | RuntimeException e) {
      log.warn("cannot look whether container {} has ended: {}", id, e.getMessage());
    }
  }

  /** How many there are, each with its shim. */
  int count() {
    return live.size();
  }

  /** From here on the exit finds its way into the record; one that has happened does so at once. */
  void watch(String id, Shim shim) {
    LiveContainer entry = new LiveContainer(id, shim, this::lookForUntoldEnd);
    live.put(id, entry);
    listen(entry, shim);
  }

  private void listen(LiveContainer entry, Shim shim) {
    String id = entry.id();
    shim.onExit(record ->
        Thread.ofVirtual().name("exit of " + id).start(() -> exited(entry, Exit.of(record))));
    shim.onLost(() -> Thread.ofVirtual().name("shim of " + id).start(() -> lost(entry)));
  }

  /**
   * Whether another shim now watches a container whose shim has gone while no daemon was there.
   * Whoever calls holds the container's lock.
   */
  boolean takeOver(String id) {
    return succession.takeOver(id, shim -> watch(id, shim));
  }

  /** The exit is recorded first, then who waits is told, then the OCI runtime and the shim go. */
  private void exited(LiveContainer entry, Exit exit) {
    end(entry, ContainerEvent.EXIT, new Ending(exit), Map.of(LET_GO, () -> letGo(entry)));
  }

  /**
   * The shim died or closed its socket: its record tells how the container ended, or else another
   * one takes its place; only when there is none to take over nobody knows how it ended.
   */
  private void lost(LiveContainer entry) {
    String id = entry.id();
    try (KeyedLocks.Held _ = locks.hold(id)) {
      boolean runs = live.get(id) == entry && shims.exitRecord(id).isEmpty();
      if (runs && succession.takeOver(id, successor -> follow(entry, successor))) {
        return;
      }
    }
    Ending ending = new Ending();
    end(
        entry,
        ContainerEvent.SHIM_LOST,
        ending,
        Map.of(
            TAKE_EXIT,
            () ->
                ending.is(
                    shims.exitRecord(id).orElseGet(() -> Exit.unknown(clock.nanos(), Exit.LOST))),
            FORCE_DELETE,
            () -> containers.get(id).ifPresent(shims::forceDelete),
            LET_GO,
            () -> letGo(entry)));
  }

  private void follow(LiveContainer entry, Shim successor) {
    entry.shim().close();
    entry.follow(successor);
    listen(entry, successor);
  }

  private void end(
      LiveContainer entry, ContainerEvent event, Ending ending, Map<ContainerAction, Work> works) {
    String id = entry.id();
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (live.get(id) != entry) {
        return; // a stop was first
      }
      steps.end(id, event, ending, works);
      tell(id, event, ending.exit());
    } catch (RuntimeException e) {
      Faults.error(log, "exit of container %s could not be recorded".formatted(id), e);
    } finally {
      if (isNoted(id)) {
        live.remove(id, entry);
        entry.ended();
      }
    }
    containers.get(id).filter(c -> c.exit().isPresent()).ifPresent(hooks::stopped);
  }

  /** Of an end that could not be noted the next look for untold ends takes care. */
  private boolean isNoted(String id) {
    return containers.get(id).filter(container -> container.exit().isEmpty()).isEmpty();
  }

  private static void tell(String id, ContainerEvent event, Exit exit) {
    if (event != ContainerEvent.SHIM_LOST) {
      log.info("container {} has exited with {} ({})", id, exit.code(), exit.reason());
    } else if (exit.message().equals(Exit.LOST)) {
      log.warn("the shim of container {} has died: what ran is ended, its exit code is lost", id);
    } else {
      log.warn(
          "the shim of container {} has died after it had noted the exit with {} ({})",
          id,
          exit.code(),
          exit.reason());
    }
  }

  /** Of one whose end is recorded: until then whoever asks for it waits for that. */
  private void letGo(LiveContainer entry) {
    live.remove(entry.id(), entry);
    discard(entry.id(), entry.shim());
  }

  /** Ends a container past its shim, and the shim; records what can be told of the end. */
  void endSilent(LiveContainer entry) throws IOException {
    String id = entry.id();
    log.warn("the shim of container {} does not answer and is ended with it", id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (live.get(id) != entry) {
        return; // another stop was first, or the shim has come to itself
      }
      Container container = containers.require(id);
      Ending ending = new Ending();
      steps.take(
          id,
          ContainerEvent.SHIM_SILENT,
          ended -> ended.withExit(ending.exit()),
          Map.of(
              KILL,
              () -> {
                ending.is(shims.killSilent(container, entry.shim().process()));
                live.remove(id, entry);
              },
              FORCE_DELETE,
              () -> {
                entry.shim().close();
                shims.forceDelete(container);
              }));
    } finally {
      if (live.get(id) != entry) {
        entry.ended();
      }
    }
    containers.get(id).ifPresent(hooks::stopped);
  }

  /**
   * As {@link #discard}, of one whose start has failed; its exit is no event any more. A runtime
   * that was killed in the middle may know nothing of what it has made.
   */
  void discardUnstarted(String id, Shim shim) {
    @Nullable LiveContainer entry = live.remove(id);
    if (entry != null) {
      entry.ended();
    }
    discard(id, shim);
    containers.get(id).ifPresent(shims::removeCgroup);
  }

  /** Lets the OCI runtime's container and the shim go; ends both should the shim not answer. */
  void discard(String id, Shim shim) {
    try (shim) {
      shim.delete();
      containers.get(id).ifPresent(shims::removeForgottenCgroup);
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
}
