package io.jcri.daemon.events;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Exit;
import java.util.Optional;

/**
 * What is kept of an event for people: a few hundred bytes.
 *
 * @param at nanoseconds since the epoch
 * @param pod namespace and name; empty when its record was lost
 * @param container name; empty for a pod, and for a container that is gone
 * @param exitCode of a container that has ended
 */
public record PastEvent(
    EventType type,
    String id,
    long at,
    String podId,
    Optional<String> pod,
    Optional<String> container,
    Optional<Integer> exitCode) {

  /** Of an event that is told now. */
  public static PastEvent of(Event event) {
    Optional<Container> container =
        event.containers().stream().filter(each -> each.id().equals(event.id())).findFirst();
    return new PastEvent(
        event.type(),
        event.id(),
        event.at(),
        event.podId(),
        event
            .pod()
            .map(pod -> pod.config().metadata().namespace() + "/" + pod.config().metadata().name()),
        container.map(each -> each.config().name()),
        container.flatMap(Container::exit).map(Exit::code));
  }
}
