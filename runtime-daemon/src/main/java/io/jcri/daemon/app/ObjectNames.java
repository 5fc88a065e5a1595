package io.jcri.daemon.app;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.log.LogNames.Named;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import java.util.Optional;

/** The names of pods and containers for the log. Takes no lock. */
record ObjectNames(Pods pods, Containers containers) {
  Optional<Named> of(String id) {
    Optional<Container> container = containers.find(id);
    return container.isPresent()
        ? pods.find(container.get().podId())
            .map(pod -> named(pod, Optional.of(container.get().config().name())))
        : pods.find(id).map(pod -> named(pod, Optional.empty()));
  }

  private static Named named(Pod pod, Optional<String> container) {
    return new Named(
        pod.config().metadata().namespace(), pod.config().metadata().name(), pod.id(), container);
  }
}
