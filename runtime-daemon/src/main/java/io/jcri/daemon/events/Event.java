package io.jcri.daemon.events;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened.
 *
 * @param id of the container, or of the sandbox
 * @param at when it was found to have happened, in nanoseconds since the epoch; no two are the same
 * @param podId the sandbox that it belongs to
 * @param pod that sandbox in that moment; empty only when its record was lost
 * @param containers all of the sandbox in that moment, oldest first
 */
public record Event(
    EventType type,
    String id,
    long at,
    String podId,
    Optional<Pod> pod,
    List<Container> containers) {

  public Event {
    containers = List.copyOf(containers);
  }

  /** Whether it is the sandbox itself to which it happened. */
  public boolean ofSandbox() {
    return id.equals(podId);
  }
}
