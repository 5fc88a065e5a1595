package io.jcri.daemon.container;

import io.jcri.daemon.KeyedLocks;
import io.jcri.daemon.Registry;
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
  private final ShimSpecs shims;
  private final ContainerHooks hooks;
  private final Clock clock;
  private final KeyedLocks locks;
  private final Map<String, LiveContainer> live = new ConcurrentHashMap<>();

  LiveContainers(
      Registry<Container> containers,
      ShimSpecs shims,
      ContainerHooks hooks,
      Clock clock,
      KeyedLocks locks) {
    this.containers = containers;
    this.shims = shims;
    this.hooks = hooks;
    this.clock = clock;
    this.locks = locks;
  }

  /** The container with this id, or null when it does not run. */
  @Nullable LiveContainer get(String id) {
    return live.get(id);
  }

  /** From here on the exit finds its way into the record; one that has happened does so at once. */
  void watch(String id, Shim shim) {
    LiveContainer entry = new LiveContainer(id, shim);
    live.put(id, entry);
    shim.onExit(record ->
        Thread.ofVirtual().name("exit of " + id).start(() -> exited(entry, Exit.of(record))));
    shim.onLost(() -> Thread.ofVirtual().name("shim of " + id).start(() -> lost(entry)));
  }

  /** Records the exit first, then tells who waits, then lets the OCI runtime and the shim go. */
  private void exited(LiveContainer entry, Exit exit) {
    exited(entry, exit, () -> discard(entry.id(), entry.shim()));
  }

  private void exited(LiveContainer entry, Exit exit, Runnable letGo) {
    String id = entry.id();
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
      entry.ended(exit);
    }
    containers.get(id).ifPresent(hooks::stopped);
  }

  /** The shim died or closed its socket: its record tells, or else nobody knows how it ended. */
  private void lost(LiveContainer entry) {
    String id = entry.id();
    Exit exit =
        shims
            .exitRecord(id)
            .orElseGet(() ->
                Exit.unknown(clock.nanos(), "its shim was lost, and with it the true exit code"));
    containers.get(id).ifPresent(shims::forceDelete);
    exited(entry, exit);
  }

  /** Ends a container past its shim, and the shim; records what can be told of the end. */
  void endSilent(LiveContainer entry) throws IOException {
    String id = entry.id();
    log.warn("the shim of container {} does not answer and is ended with it", id);
    Container container;
    Exit exit;
    try (KeyedLocks.Held _ = locks.hold(id)) {
      if (live.get(id) != entry) {
        return; // another stop was first, or the shim has come to itself
      }
      container = containers.require(id);
      exit = shims.killSilent(container, entry.shim().process());
    }
    exited(
        entry,
        exit,
        () -> {
          entry.shim().close();
          shims.forceDelete(container);
        });
  }

  /** Lets the OCI runtime's container and the shim go; ends both should the shim not answer. */
  void discard(String id, Shim shim) {
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
}
