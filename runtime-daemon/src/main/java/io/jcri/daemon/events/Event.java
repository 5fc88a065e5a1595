package io.jcri.daemon.events;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import java.util.List;
import java.util.Map;
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

  /** About how many bytes it holds of what pods' authors may make large. */
  long size() {
    long size = pod.map(p -> size(p.config().labels()) + size(p.config().annotations())).orElse(0L);
    for (Container container : containers) {
      size += size(container.config().labels()) + size(container.config().annotations());
    }
    return size;
  }

  private static long size(Map<String, String> texts) {
    long size = 0;
    for (Map.Entry<String, String> text : texts.entrySet()) {
      size += text.getKey().length() + text.getValue().length();
    }
    return size;
  }

  /** Whether it is the sandbox itself to which it happened. */
  public boolean ofSandbox() {
    return id.equals(podId);
  }
}
