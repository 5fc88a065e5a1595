package io.jcri.daemon.events;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pod and its containers as last heard of. Guarded by its owner's lock. */
final class PodView {
  private final Map<String, Container> containers = new LinkedHashMap<>();
  private Optional<Pod> pod = Optional.empty();

  void set(Pod now) {
    pod = Optional.of(now);
  }

  void put(Container now) {
    containers.put(now.id(), now.withoutCommand());
  }

  void remove(String containerId) {
    containers.remove(containerId);
  }

  Optional<Pod> pod() {
    return pod;
  }

  List<Container> containers() {
    return List.copyOf(containers.values());
  }

  boolean empty() {
    return containers.isEmpty();
  }
}
