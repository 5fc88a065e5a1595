package io.jcri.daemon.container;

import io.jcri.daemon.Registry;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is left of containers whose shim nobody watches: since the daemon died in the middle of
 * a step, since the shim does not answer, or since the OCI runtime refused to let the container go.
 *
 * <p>Whoever calls holds the container's lock.
 */
final class Remains {
  private static final Logger log = LoggerFactory.getLogger(Remains.class);

  private final Registry<Container> containers;
  private final ShimSpecs shims;
  private final Clock clock;

  Remains(Registry<Container> containers, ShimSpecs shims, Clock clock) {
    this.containers = containers;
    this.shims = shims;
    this.clock = clock;
  }

  /** Nothing of the container runs after this, whatever its phase was. Idempotent. */
  void end(String id) {
    Optional<Container> container = containers.get(id);
    if (container.isPresent()) {
      switch (container.get().phase()) {
        case CREATED -> endHalfStarted(container.get());
        case UNKNOWN -> {
          if (containers.isUnreadable(id)) {
            endUnreadable(id);
          } else {
            endUnknown(container.get());
          }
        }
        case EXITED -> letShimGo(container.get());
        case CREATING, RUNNING -> {}
      }
    }
  }

  /**
   * A start that nobody was told of: the daemon ended between the start of the shim and its record.
   * Does nothing to a container that was never started.
   */
  void endHalfStarted(Container container) {
    String id = container.id();
    if (container.phase() == ContainerPhase.CREATED && shims.present(id)) {
      shims.discard(id);
      shims.forceDelete(container);
      exited(
          id,
          Exit.unknown(clock.nanos(), "the daemon ended while the container was being started"));
    }
  }

  /** What the OCI runtime knows of it is ended by force, and so is the shim. */
  private void endUnknown(Container container) {
    String id = container.id();
    Optional<Exit> killed = kill(container);
    shims.forceDelete(container);
    exited(
        id,
        killed
            .or(() -> shims.exitRecord(id))
            .orElseGet(
                () -> Exit.unknown(clock.nanos(), "it was ended while its shim did not answer")));
  }

  /** Of one whose record can't be read only the id is known. */
  private void endUnreadable(String id) {
    shims.discardUnknown(id);
    exited(
        id,
        shims
            .exitRecord(id)
            .orElseGet(() ->
                Exit.unknown(clock.nanos(), "it was ended without a record that could be read")));
  }

  private Optional<Exit> kill(Container container) {
    try {
      return container.shim().isEmpty()
          ? Optional.empty()
          : Optional.of(shims.killSilent(container, container.shim().get()));
    } catch (IOException e) {
      log.warn(
          "container {} is left to its OCI runtime to end: {}", container.id(), e.getMessage());
      return Optional.empty();
    }
  }

  /** Its exit was recorded, but the daemon ended before it let the shim go, or could not. */
  private void letShimGo(Container container) {
    String id = container.id();
    if (shims.present(id)) {
      shims.discard(id);
    }
    if (shims.present(id)) {
      shims.forceDelete(container);
    }
  }

  private void exited(String id, Exit how) {
    containers.updateAnyway(id, c -> c.exited(how));
  }
}
