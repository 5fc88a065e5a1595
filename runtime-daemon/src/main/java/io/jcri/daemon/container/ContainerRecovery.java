package io.jcri.daemon.container;

import io.jcri.daemon.Registry;
import io.jcri.daemon.system.Clock;
import io.jcri.shim.Shim;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up the containers of the daemon before this one: all at once, each with its own timeout. A
 * shim that doesn't answer leaves its own container UNKNOWN and is asked again in the background;
 * nothing else waits for it.
 */
public final class ContainerRecovery {
  private static final Logger log = LoggerFactory.getLogger(ContainerRecovery.class);

  /**
   * How long serving waits for the next shim to answer: on a machine that is busy they do so one by
   * one, and the kubelet kills and restarts a container that it finds UNKNOWN.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final Registry<Container> containers;
  private final ContainerCreation creation;
  private final ContainerRun run;
  private final ShimSpecs shims;
  private final Clock clock;
  private final String bootId;

  /** A permit for each container that was taken up. */
  private final Semaphore answers = new Semaphore(0);

  public ContainerRecovery(
      Registry<Container> containers,
      ContainerCreation creation,
      ContainerRun run,
      ShimSpecs shims,
      Clock clock,
      String bootId) {
    this.containers = containers;
    this.creation = creation;
    this.run = run;
    this.shims = shims;
    this.clock = clock;
    this.bootId = bootId;
  }

  /** Returns when every shim has answered, or for a while none has. */
  public void recover(Collection<Container> loaded) {
    int asked = 0;
    for (Container container : loaded) {
      try {
        asked += enter(container);
      } catch (RuntimeException e) {
        log.error("container {} could not be taken up", container.id(), e);
      }
    }
    awaitAnswers(asked);
  }

  /** Takes in a container whose record can't be read, by a stand-in. */
  public void recoverUnreadable(Container standIn) {
    containers.addUnreadable(standIn);
  }

  /** Returns how many answers there are to wait for. */
  private int enter(Container container) {
    containers.addLoaded(container.running() ? container.with(ContainerPhase.UNKNOWN) : container);
    creation.recover(container);
    if (container.running() || container.phase() == ContainerPhase.UNKNOWN) {
      takeUpInThread(container);
      return 1;
    }
    if (container.phase() == ContainerPhase.CREATED && !container.bootId().equals(bootId)) {
      end(container, "the machine was restarted before the container was started");
    } else if (shims.present(container.id())) {
      Thread.ofVirtual()
          .name("end remains of " + container.id())
          .start(() -> endRemains(container.id()));
    }
    return 0;
  }

  private void awaitAnswers(int asked) {
    try {
      for (int left = asked; left > 0; left--) {
        if (!answers.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("{} shims don't answer; their containers are UNKNOWN until they do", left);
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Of a start or an exit in whose middle the daemon ended. */
  private void endRemains(String id) {
    try {
      run.endRemains(id);
    } catch (RuntimeException e) {
      log.error("what is left of container {} could not be ended", id, e);
    }
  }

  private void takeUpInThread(Container container) {
    Thread.ofVirtual()
        .name("recover " + container.id())
        .start(() -> {
          try {
            takeUp(container);
          } catch (RuntimeException e) {
            log.error("container {} could not be taken up", container.id(), e);
          } finally {
            answers.release();
          }
        });
  }

  private void takeUp(Container container) {
    String id = container.id();
    if (!container.bootId().equals(bootId)) {
      end(container, "the machine was restarted while the container ran");
      return;
    }
    try {
      Shim shim = shims.connect(id, CONNECT_TIMEOUT);
      run.recover(id, shim);
    } catch (IOException e) {
      withoutShim(container, e);
    }
  }

  /** The shim has gone, or is stuck: its exit record tells, or its absence does. */
  private void withoutShim(Container container, IOException why) {
    String id = container.id();
    Optional<Exit> recorded = shims.exitRecord(id);
    if (recorded.isPresent()) {
      containers.updateAnyway(id, c -> c.exited(recorded.get()));
      endRemains(id);
    } else if (shimAlive(container)) {
      log.warn("shim of container {} does not answer: {}", id, why.getMessage());
      retryLater(container);
    } else {
      shims.forceDelete(container);
      end(container, "its shim was lost, and with it the true exit code");
    }
  }

  private static boolean shimAlive(Container container) {
    try {
      return container.shim().isPresent() && container.shim().get().alive();
    } catch (IOException e) {
      log.warn("cannot look for the shim of container {}: {}", container.id(), e.getMessage());
      return true; // what can't be known must not end a container
    }
  }

  /** Asks again until there is an answer, or the container has been removed. */
  private void retryLater(Container container) {
    Thread.ofVirtual()
        .name("recover " + container.id() + " again")
        .start(() -> {
          try {
            Thread.sleep(CONNECT_TIMEOUT);
            boolean waiting =
                containers
                    .get(container.id())
                    .filter(c -> c.phase() == ContainerPhase.UNKNOWN)
                    .isPresent();
            if (waiting) {
              takeUp(container);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            log.error("container {} could not be taken up", container.id(), e);
          }
        });
  }

  private void end(Container container, String message) {
    containers.updateAnyway(container.id(), c -> c.exited(Exit.unknown(clock.nanos(), message)));
  }
}
