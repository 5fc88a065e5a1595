package io.jcri.daemon.recovery;

import static io.jcri.daemon.core.Attempts.attempt;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.pod.Pods;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon does before it serves, and right after. Each part is called once, but for {@link
 * #collectUnrecorded}.
 */
public final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final FoundRecords records;
  private final Events events;
  private final Pods pods;
  private final ContainerRecovery containers;
  private final CheckpointLeftovers checkpoints;
  private final UnrecordedLeftovers unrecorded;

  public Recovery(
      FoundRecords records,
      Events events,
      Pods pods,
      ContainerRecovery containers,
      CheckpointLeftovers checkpoints,
      UnrecordedLeftovers unrecorded) {
    this.records = records;
    this.events = events;
    this.pods = pods;
    this.containers = containers;
    this.checkpoints = checkpoints;
    this.unrecorded = unrecorded;
  }

  /** Takes up what records tell of; returns when calls may be served. */
  public void takeUp() throws IOException {
    long begin = System.nanoTime();
    FoundRecords.Found found = records.read();
    events.recover(found.allPods(), found.allContainers());
    found.unreadablePods().forEach(pods::takeUpUnreadable);
    found.unreadableContainers().forEach(containers::takeUpUnreadable);
    found.pods().forEach(pod -> attempt("pod sandbox " + pod.id(), () -> pods.takeUp(pod)));
    containers.takeUp(found.containers());
    checkpoints.end(isComplete());
    int unreadable = found.unreadablePods().size() + found.unreadableContainers().size();
    log.info(
        "took up {} pods and {} containers in {} ms{}",
        found.allPods().size(),
        found.allContainers().size(),
        (System.nanoTime() - begin) / 1_000_000,
        unreadable == 0 ? "" : "; the records of %d can't be read".formatted(unreadable));
  }

  /** Ends what no record tells of, if that can be known; calls may be served meanwhile. */
  public void endUnrecorded() {
    Optional<String> unsure = records.unlisted();
    if (unsure.isPresent()) {
      log.error("nothing is ended as left over: {}", unsure.get());
    } else {
      attempt("what no record tells of", () -> unrecorded.find().forEach(unrecorded::end));
    }
  }

  /**
   * The same at any time, when an operator asks for it: what is found at two looks is not just
   * being removed. Blocks for seconds when there is anything.
   *
   * @param dry only looks
   * @return what was ended, or would be
   * @throws JcriException FAILED_PRECONDITION when it cannot be known, INTERNAL when something
   *     could not be ended
   */
  public List<UnrecordedLeftovers.Leftover> collectUnrecorded(boolean dry) {
    records
        .unlisted()
        .ifPresent(unsure -> {
          throw JcriException.precondition("nothing is ended as left over: " + unsure);
        });
    List<UnrecordedLeftovers.Leftover> found = unrecorded.find();
    if (found.isEmpty() || !pause()) {
      return List.of();
    }
    found.retainAll(unrecorded.find());
    if (dry) {
      return found;
    }
    found.forEach(unrecorded::end);
    List<UnrecordedLeftovers.Leftover> left = unrecorded.find();
    left.retainAll(found);
    if (!left.isEmpty()) {
      throw new JcriException(
          JcriException.Kind.INTERNAL,
          "%s %s could not be ended, the log says why"
              .formatted(left.getFirst().kind().words(), left.getFirst().id()));
    }
    return found;
  }

  private static boolean pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether all that there is has been found: else what seems to be left over may be in use. */
  public boolean isComplete() {
    return records.unlisted().isEmpty();
  }
}
