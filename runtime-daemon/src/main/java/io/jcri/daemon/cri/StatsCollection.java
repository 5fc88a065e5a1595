package io.jcri.daemon.cri;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.stats.Stats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Figures of many, for the four calls that tell them. */
final class StatsCollection {
  private final Pods pods;
  private final Containers containers;
  private final Stats stats;
  private final Images images;

  StatsCollection(Pods pods, Containers containers, Stats stats, Images images) {
    this.pods = pods;
    this.containers = containers;
    this.stats = stats;
    this.images = images;
  }

  io.jcri.cri.v1.ContainerStats of(Pod pod, Container container) throws IOException {
    return StatsMessages.container(
        container, stats.of(pod, container), images.usage().path().toString());
  }

  io.jcri.cri.v1.PodSandboxStats of(Pod pod) throws IOException {
    List<io.jcri.cri.v1.ContainerStats> inside = new ArrayList<>();
    for (Container container : containers.ofPod(pod.id())) {
      inside.add(of(pod, container));
    }
    return StatsMessages.pod(pod, stats.of(pod), stats.network(pod), inside);
  }

  /** All containers that match; one whose pod goes meanwhile is left out. */
  List<io.jcri.cri.v1.ContainerStats> containers(Predicate<Container> matching) throws IOException {
    Map<String, Pod> byId = new HashMap<>();
    pods.list().forEach(pod -> byId.put(pod.id(), pod));
    List<io.jcri.cri.v1.ContainerStats> rows = new ArrayList<>();
    for (Container container : containers.list()) {
      Optional<Pod> pod = Optional.ofNullable(byId.get(container.podId()));
      if (pod.isPresent() && matching.test(container)) {
        rows.add(of(pod.get(), container));
      }
    }
    forget();
    return rows;
  }

  List<io.jcri.cri.v1.PodSandboxStats> pods(Predicate<Pod> matching) throws IOException {
    List<io.jcri.cri.v1.PodSandboxStats> rows = new ArrayList<>();
    for (Pod pod : pods.list()) {
      if (matching.test(pod)) {
        rows.add(of(pod));
      }
    }
    forget();
    return rows;
  }

  private void forget() {
    stats.retain(
        Stream.concat(
                containers.list().stream().map(Container::id), pods.list().stream().map(Pod::id))
            .collect(Collectors.toUnmodifiableSet()));
  }
}
