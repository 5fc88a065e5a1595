package io.jcri.daemon.container;

import static io.jcri.daemon.life.ContainerAction.FORCE_DELETE;
import static io.jcri.daemon.life.ContainerAction.KILL;
import static io.jcri.daemon.life.ContainerAction.LET_GO;

import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is left of containers whose shim nobody watches: since the daemon died in the middle of
 * a step, since the shim does not answer, or since the OCI runtime refused to let the container go.
 *
 * <p>Whoever calls holds the container's lock.
 */
final class ContainerLeftovers {
  private static final Logger log = LoggerFactory.getLogger(ContainerLeftovers.class);

  private final Registry<Container> containers;
  private final ContainerSteps steps;
  private final ContainerShims shims;
  private final Clock clock;

  ContainerLeftovers(
      Registry<Container> containers, ContainerSteps steps, ContainerShims shims, Clock clock) {
    this.containers = containers;
    this.steps = steps;
    this.shims = shims;
    this.clock = clock;
  }

  /** Nothing of the container runs after this, unless it is watched. Idempotent. */
  void end(String id) {
    endShim(id);
    containers
        .get(id)
        .filter(container -> container.phase() == ContainerPhase.UNKNOWN)
        .ifPresent(this::endUnknown);
  }

  /** Ends a shim that nobody watches, of a start or an exit that nobody was told of. */
  void endShim(String id) {
    containers
        .get(id)
        .filter(container -> ContainerLife.can(container.phase(), ContainerEvent.SHIM_FOUND))
        .filter(_ -> shims.present(id))
        .ifPresent(container ->
            steps.end(
                id,
                ContainerEvent.SHIM_FOUND,
                new Ending(shims.exitRecord(id).orElseGet(this::diedOver)),
                Map.of(
                    LET_GO,
                    () -> {
                      letGo(container);
                      shims.removeCgroup(container); // of a runtime that died as well
                    },
                    FORCE_DELETE,
                    () -> shims.forceDelete(container))));
  }

  private Exit diedOver() {
    return Exit.unknown(clock.nanos(), "the daemon ended while the container was being started");
  }

  /** What the OCI runtime knows of it is ended by force, and so is the shim. */
  private void endUnknown(Container container) {
    String id = container.id();
    boolean unreadable = containers.isUnreadable(id);
    Ending ending = new Ending();
    steps.end(
        id,
        ContainerEvent.STOP,
        ending,
        Map.of(
            KILL,
            () -> ending.is(unreadable ? killUnreadable(id) : kill(container)),
            FORCE_DELETE,
            () -> {
              if (!unreadable) { // else it is gone: of which runtime it was, nobody knows
                shims.forceDelete(container);
              }
            }));
  }

  /** Of one whose record can't be read only the id is known. */
  private Exit killUnreadable(String id) {
    shims.discardUnknown(id);
    return shims
        .exitRecord(id)
        .orElseGet(
            () -> Exit.unknown(clock.nanos(), "it was ended without a record that could be read"));
  }

  private Exit kill(Container container) {
    String id = container.id();
    try {
      if (container.shim().isPresent()) {
        return shims.killSilent(container, container.shim().get());
      }
    } catch (IOException e) {
      log.warn("container {} is left to its OCI runtime to end: {}", id, e.getMessage());
    }
    return shims
        .exitRecord(id)
        .orElseGet(() -> Exit.unknown(clock.nanos(), "it was ended while its shim did not answer"));
  }

  /** The shim of a container that has ended, or that nobody knows to run. */
  private void letGo(Container container) {
    String id = container.id();
    if (shims.present(id)) {
      shims.discard(id);
    }
    if (shims.present(id)) {
      shims.forceDelete(container);
    }
    shims.removeForgottenCgroup(container);
  }

  /** Its shim has gone, and what it has left tells how the container ended. */
  void exited(Container container, Exit exit) {
    steps.end(
        container.id(),
        ContainerEvent.EXIT,
        new Ending(exit),
        Map.of(LET_GO, () -> letGo(container)));
  }

  /** Its shim has gone, and nothing tells how the container ended, if it has. */
  void lost(Container container) {
    steps.end(
        container.id(),
        ContainerEvent.SHIM_LOST,
        new Ending(Exit.unknown(clock.nanos(), Exit.LOST)),
        Map.of(FORCE_DELETE, () -> shims.forceDelete(container)));
  }
}
