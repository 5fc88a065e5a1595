package io.jcri.daemon.container;

import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.record.Registry;
import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.shim.Shim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another shim in the place of one that has died: the container, which has kept its output's
 * pipes open itself, runs on and notices nothing.
 *
 * <p>Whoever calls holds the container's lock.
 */
final class ShimSuccession {
  private static final Logger log = LoggerFactory.getLogger(ShimSuccession.class);

  private static final int TRIES = 5;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration DEATH_PATIENCE = Duration.ofSeconds(1);
  private static final Duration DEATH_STEP = Duration.ofMillis(2);

  private final Registry<Container> containers;
  private final ContainerSteps steps;
  private final ContainerShims shims;

  ShimSuccession(Registry<Container> containers, ContainerSteps steps, ContainerShims shims) {
    this.containers = containers;
    this.steps = steps;
    this.shims = shims;
  }

  /**
   * Starts another shim for a container that runs on; tried a few times while it does, as a node
   * may be short of memory or descriptors for a moment.
   *
   * @param watch is given the new shim once it is recorded
   * @return false when there is nothing to take over, or nobody to do it
   */
  boolean takeOver(String id, Consumer<Shim> watch) {
    try {
      for (int left = TRIES; left > 0 && isThere(id); left--) {
        if (tryOnce(id, watch)) {
          return true;
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /** Even a dead process tells how it ended, as long as nobody has reaped it. */
  private boolean isThere(String id) {
    Optional<Integer> init = containers.get(id).flatMap(Container::init);
    return init.isPresent() && Files.exists(Path.of("/proc", init.get().toString()));
  }

  private boolean tryOnce(String id, Consumer<Shim> watch) throws InterruptedException {
    Container container = containers.require(id);
    @Nullable Shim[] started = new Shim[1];
    try {
      if (container.shim().isPresent()) {
        awaitDeath(container.shim().get());
      }
      steps.take(
          id,
          ContainerEvent.SHIM_REPLACED,
          now -> Optional.ofNullable(started[0]).map(s -> now.withShim(s.process())).orElse(now),
          Map.of(
              ContainerAction.LAUNCH_SHIM,
              () -> started[0] = shims.takeOver(container),
              ContainerAction.WATCH_SHIM,
              () -> Optional.ofNullable(started[0]).ifPresent(watch)));
      log.warn("the shim of container {} has died, and another one has taken its place", id);
      return true;
    } catch (IOException | RuntimeException e) {
      log.warn("no other shim takes over container {}: {}", id, e.getMessage());
      return false;
    }
  }

  /** One that has only closed its connection is ended: there must not be two. */
  private static void awaitDeath(ProcessId shim) throws IOException, InterruptedException {
    shim.signal(ProcessCalls.SIGKILL);
    for (long left = DEATH_PATIENCE.dividedBy(DEATH_STEP); left > 0 && shim.alive(); left--) {
      Thread.sleep(DEATH_STEP);
    }
  }
}
