package io.jcri.daemon.recovery;

import static io.jcri.daemon.core.Attempts.attempt;
import static io.jcri.daemon.core.Attempts.inBackground;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerCreation;
import io.jcri.daemon.container.ContainerRun;
import io.jcri.daemon.container.ContainerShims;
import io.jcri.daemon.container.ContainerSteps;
import io.jcri.daemon.container.Exit;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import io.jcri.shim.Shim;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
   * How long shims are waited for.
   *
   * @param next how long serving waits for the next one to answer: on a machine that is busy they
   *     do so one by one, and the kubelet kills and restarts a container that it finds UNKNOWN
   * @param answer how long one has for its answer, and how long it is until it is asked again
   */
  record Patience(Duration next, Duration answer) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(3), Duration.ofSeconds(10));
  }

  private final Registry<Container> containers;
  private final ContainerSteps steps;
  private final ContainerCreation creation;
  private final ContainerRun run;
  private final ContainerShims shims;
  private final Clock clock;
  private final String bootId;
  private final Patience patience;

  /** A permit for each container that was taken up. */
  private final Semaphore answers = new Semaphore(0);

  /** Takes up containers of this boot, or notes the end of those of another. */
  public ContainerRecovery(
      Registry<Container> containers,
      ContainerSteps steps,
      ContainerCreation creation,
      ContainerRun run,
      ContainerShims shims,
      Clock clock,
      String bootId) {
    this(containers, steps, creation, run, shims, clock, bootId, Patience.USUAL);
  }

  /** As above, for whoever can't wait. */
  ContainerRecovery(
      Registry<Container> containers,
      ContainerSteps steps,
      ContainerCreation creation,
      ContainerRun run,
      ContainerShims shims,
      Clock clock,
      String bootId,
      Patience patience) {
    this.patience = patience;
    this.containers = containers;
    this.steps = steps;
    this.creation = creation;
    this.run = run;
    this.shims = shims;
    this.clock = clock;
    this.bootId = bootId;
  }

  /** Returns when every shim has answered, or for a while none has. */
  void takeUp(Collection<Container> found) {
    AtomicInteger asked = new AtomicInteger();
    found.forEach(
        container -> attempt("container " + container.id(), () -> takeUp(container, asked)));
    awaitAnswers(asked.get());
  }

  /** Takes in a container whose record can't be read, by a stand-in. */
  void takeUpUnreadable(Container standIn) {
    containers.addUnreadable(standIn);
  }

  private void takeUp(Container container, AtomicInteger asked) throws IOException {
    String id = container.id();
    boolean sameBoot = container.bootId().equals(bootId);
    creation.reserve(container);
    steps.takeUp(
        container,
        sameBoot ? ContainerEvent.FOUND : ContainerEvent.FOUND_AFTER_REBOOT,
        ended -> ended.withExit(Exit.unknown(clock.nanos(), lostInReboot(container))),
        Map.of(
            ContainerAction.ROLL_BACK,
            () -> inBackground("roll back of container " + id, () -> creation.remove(id)),
            ContainerAction.LOOK_FOR_SHIM,
            () -> lookForShim(id),
            ContainerAction.ASK_SHIM,
            () -> {
              asked.incrementAndGet();
              Thread.ofVirtual().name("recover " + id).start(() -> ask(container));
            }));
  }

  private static String lostInReboot(Container container) {
    return container.phase() == ContainerPhase.CREATED
        ? "the machine was restarted before the container was started"
        : "the machine was restarted while the container ran";
  }

  /** Of a start or an exit in whose middle the daemon ended. */
  private void lookForShim(String id) {
    if (shims.present(id)) {
      inBackground("shim of container " + id, () -> run.takeUpLeftovers(id));
    }
  }

  private void awaitAnswers(int asked) {
    try {
      for (int left = asked; left > 0; left--) {
        if (!answers.tryAcquire(patience.next().toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("{} shims don't answer; their containers are UNKNOWN until they do", left);
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(Container container) {
    try {
      attempt("container " + container.id(), () -> askOnce(container));
    } finally {
      answers.release();
    }
  }

  private void askOnce(Container container) throws IOException {
    String id = container.id();
    Shim shim;
    try {
      shim = shims.connect(id, patience.answer());
    } catch (IOException e) {
      withoutShim(container, e);
      return;
    }
    run.shimAnswered(id, shim);
  }

  /** The shim has gone, or is stuck: its exit record tells, or its absence does. */
  private void withoutShim(Container container, IOException why) {
    String id = container.id();
    if (shims.exitRecord(id).isPresent() || !shimAlive(container)) {
      run.shimGone(id);
    } else {
      log.warn("shim of container {} does not answer: {}", id, why.getMessage());
      inBackground("container " + id, () -> askAgain(container));
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

  /** Asks until there is an answer, or the container has been ended or removed. */
  private void askAgain(Container container) throws IOException {
    try {
      Thread.sleep(patience.answer());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    boolean waiting =
        containers.get(container.id()).filter(c -> c.phase() == ContainerPhase.UNKNOWN).isPresent();
    if (waiting) {
      askOnce(container);
    }
  }
}
