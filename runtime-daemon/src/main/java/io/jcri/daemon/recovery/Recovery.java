package io.jcri.daemon.recovery;

import static io.jcri.daemon.core.Attempts.attempt;

import io.jcri.daemon.events.Events;
import io.jcri.daemon.pod.Pods;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a daemon does before it serves, and right after. Each part is called once. */
public final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

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
      attempt("what no record tells of", unrecorded::end);
    }
  }

  /** Whether all that there is has been found: else what seems to be left over may be in use. */
  public boolean isComplete() {
    return records.unlisted().isEmpty();
  }
}
