package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.system.Clock;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import io.jcri.shim.ShimStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One start of a container: what one action leaves for the next.
 *
 * <p>Used by one thread, which holds the container's lock.
 */
final class ContainerStart {
  private static final Logger log = LoggerFactory.getLogger(ContainerStart.class);

  /** How long a shim may take to answer that is there already. */
  private static final Duration FOUND_PATIENCE = Duration.ofSeconds(10);

  private final Container container;
  private final String id;
  private final Starts.Start start;
  private final ContainerSteps steps;
  private final LiveContainers live;
  private final ContainerShims shims;
  private final Clock clock;
  private final Stages stages;

  /** How long the OCI runtime and its hooks may take. */
  private final Duration patience;

  private @Nullable Shim shim;
  private int init;
  private long startedAt;

  /** Of a start that a daemon before this one has died over. */
  private @Nullable ShimStatus left;

  ContainerStart(
      Container container,
      Starts.Start start,
      ContainerSteps steps,
      LiveContainers live,
      ContainerShims shims,
      Clock clock,
      Stages stages) {
    this.container = container;
    this.id = container.id();
    this.start = start;
    this.steps = steps;
    this.live = live;
    this.shims = shims;
    this.clock = clock;
    this.stages = stages;
    this.patience = shims.patience(container);
  }

  /**
   * Whether a daemon before this one has died over a start of this container, which then goes on
   * where that was: its shim is at work, or has even seen the container end. Called before {@link
   * #start}, if at all.
   */
  boolean isUnderWay() {
    if (!shims.present(id)) {
      return false;
    }
    try {
      Shim found = shims.connect(id, FOUND_PATIENCE);
      ShimStatus status = found.status();
      if (status.state() == ShimStatus.State.CREATED) {
        found.close();
        return false;
      }
      shim = found;
      left = status;
      log.info("the start of container {} goes on, over which a daemon has died", id);
      return true;
    } catch (IOException e) {
      log.warn("the start of container {} cannot go on: {}", id, e.getMessage());
      return false;
    }
  }

  void start() throws IOException {
    steps.take(
        id,
        ContainerEvent.START,
        Map.of(ContainerAction.LAUNCH_SHIM, this::launch, ContainerAction.RUN, this::run));
    Shim running = launched();
    stages.begin("record");
    steps.take(
        id,
        ContainerEvent.STARTED,
        created -> created.withStart(startedAt, init, running.process()),
        Map.of(
            ContainerAction.WATCH_SHIM,
            () -> live.watch(id, running),
            ContainerAction.FORGET_CHECKPOINT,
            () -> shims.forgetCheckpoint(id)));
  }

  private void launch() throws IOException {
    stages.begin("shim");
    if (shim == null) {
      shim = shims.launch(container);
    }
  }

  private void run() throws IOException {
    Shim launched = launched();
    stages.begin("turn");
    try (StartPlaces.Place _ = start.place()) {
      stages.begin("runtime");
      start.endedBy(() -> live.discard(id, launched));
      run(launched);
    }
    start.succeeded();
  }

  private void run(Shim launched) throws IOException {
    @Nullable ShimStatus found = left;
    if (found != null && found.state() == ShimStatus.State.EXITED) {
      init = found.pid();
    } else {
      init = launched.start(patience);
    }
    startedAt = found == null ? clock.nanos() : launched.status().startedAtNanos();
  }

  private Shim launched() {
    return Objects.requireNonNull(shim, "a start begins with its shim");
  }

  /** Ends what was begun. Returns what to tell the caller. */
  RuntimeException failed(Exception why) {
    StringBuilder message = new StringBuilder(String.valueOf(why.getMessage()));
    Ending ending = new Ending();
    steps.end(
        id,
        ContainerEvent.START_FAILED,
        ending,
        Map.of(
            ContainerAction.LET_GO,
            () -> Optional.ofNullable(shim).ifPresent(begun -> live.discardUnstarted(id, begun)),
            ContainerAction.FORGET_CHECKPOINT,
            () -> {
              message.append(shims.forgetCheckpoint(id));
              ending.is(Exit.startError(clock.nanos(), message.toString()));
            }));
    return startFailure(message.toString(), why);
  }

  private RuntimeException startFailure(String message, Exception e) {
    return switch (e) {
      case ShimException late when late.kind() == ShimException.Kind.TIMEOUT ->
          new JcriException(
              Kind.DEADLINE_EXCEEDED,
              "container %s could not be started: the OCI runtime has not ended after %d s"
                  .formatted(id, patience.toSeconds()),
              late);
      case ShimException refused ->
          new JcriException(
              Kind.INTERNAL, "container " + id + " could not be started: " + message, refused);
      default -> Failures.unchecked(e, "start of container " + id);
    };
  }
}
