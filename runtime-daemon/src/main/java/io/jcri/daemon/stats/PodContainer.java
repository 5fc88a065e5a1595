package io.jcri.daemon.stats;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A container and the pod that it is in. */
public record PodContainer(Pod pod, Container container) {
  /** All of these pods. */
  public static List<PodContainer> all(Collection<Pod> pods, Map<String, List<Container>> byPod) {
    return pods.stream()
        .flatMap(pod ->
            byPod.getOrDefault(pod.id(), List.of()).stream()
                .map(container -> new PodContainer(pod, container)))
        .toList();
  }
}
