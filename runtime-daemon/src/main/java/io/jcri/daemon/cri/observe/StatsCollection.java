package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ContainerStatsFilter;
import io.jcri.cri.v1.PodSandboxStatsFilter;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.message.Labels;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.stats.PodContainer;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.stats.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Figures of many, for the calls that tell them. */
public final class StatsCollection {
  private final Pods pods;
  private final Containers containers;
  private final Stats stats;
  private final Images images;

  public StatsCollection(Pods pods, Containers containers, Stats stats, Images images) {
    this.pods = pods;
    this.containers = containers;
    this.stats = stats;
    this.images = images;
  }

  /**
   * One container's figures.
   *
   * @throws JcriException NOT_FOUND when its pod has gone
   */
  io.jcri.cri.v1.ContainerStats of(Container container) throws IOException {
    return UnreadableContainer.isNobodys(container)
        ? message(container, stats.withoutPod(container))
        : message(container, stats.of(pods.require(container.podId()), container));
  }

  private io.jcri.cri.v1.ContainerStats message(Container container, Usage usage) {
    return StatsMessages.container(container, usage, images.location().toString());
  }

  io.jcri.cri.v1.PodSandboxStats of(Pod pod) throws IOException {
    List<Container> inside = containers.ofPod(pod.id());
    return of(
        pod, inside, stats.ask(inside.stream().map(each -> new PodContainer(pod, each)).toList()));
  }

  private io.jcri.cri.v1.PodSandboxStats of(Pod pod, List<Container> inside, Stats.Answers answers)
      throws IOException {
    List<io.jcri.cri.v1.ContainerStats> figures = new ArrayList<>();
    for (Container container : inside) {
      figures.add(message(container, stats.of(pod, container, answers)));
    }
    return StatsMessages.pod(pod, stats.of(pod), stats.network(pod), figures);
  }

  /** All containers that match, read as they are taken; one whose pod has gone is left out. */
  void containers(ContainerStatsFilter filter, Rows<io.jcri.cri.v1.ContainerStats> rows)
      throws IOException, InterruptedException {
    List<Inside> matching = matching(filter);
    Stats.Answers answers = stats.ask(inPods(matching));
    for (Inside inside : matching) {
      rows.add(of(inside, answers));
    }
  }

  /** The same, read at once by as many threads as there are processors: it is waited for. */
  List<io.jcri.cri.v1.ContainerStats> containers(ContainerStatsFilter filter) throws IOException {
    try {
      List<Inside> matching = matching(filter);
      Stats.Answers answers = stats.ask(inPods(matching));
      return matching.parallelStream().map(inside -> unchecked(inside, answers)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private io.jcri.cri.v1.ContainerStats unchecked(Inside inside, Stats.Answers answers) {
    try {
      return of(inside, answers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A pod is missing only where nothing tells of it. */
  private record Inside(Optional<Pod> pod, Container container) {}

  private static List<PodContainer> inPods(List<Inside> all) {
    return all.stream()
        .flatMap(each -> each.pod().stream().map(pod -> new PodContainer(pod, each.container())))
        .toList();
  }

  private io.jcri.cri.v1.ContainerStats of(Inside inside, Stats.Answers answers)
      throws IOException {
    return message(
        inside.container(),
        inside.pod().isPresent()
            ? stats.of(inside.pod().get(), inside.container(), answers)
            : stats.withoutPod(inside.container()));
  }

  private List<Inside> matching(ContainerStatsFilter filter) {
    Map<String, Pod> byId = new HashMap<>();
    pods.list().forEach(pod -> byId.put(pod.id(), pod));
    List<Inside> matching = new ArrayList<>();
    for (Container container : containers.list()) {
      Optional<Pod> pod = Optional.ofNullable(byId.get(container.podId()));
      boolean known = pod.isPresent() || UnreadableContainer.isNobodys(container);
      if (known && matches(container, filter)) {
        matching.add(new Inside(pod, container));
      }
    }
    return matching;
  }

  /** All pods that match, read as they are taken. */
  void pods(PodSandboxStatsFilter filter, Rows<io.jcri.cri.v1.PodSandboxStats> rows)
      throws IOException, InterruptedException {
    Map<String, List<Container>> byPod = containers.byPod();
    List<Pod> matching = pods.list().stream().filter(pod -> matches(pod, filter)).toList();
    Stats.Answers answers = stats.ask(PodContainer.all(matching, byPod));
    for (Pod pod : matching) {
      rows.add(of(pod, byPod.getOrDefault(pod.id(), List.of()), answers));
    }
  }

  private static boolean matches(Container container, ContainerStatsFilter filter) {
    return container.id().startsWith(filter.getId())
        && container.podId().startsWith(filter.getPodSandboxId())
        && Labels.match(filter.getLabelSelectorMap(), container.config().labels());
  }

  private static boolean matches(Pod pod, PodSandboxStatsFilter filter) {
    return pod.id().startsWith(filter.getId())
        && Labels.match(filter.getLabelSelectorMap(), pod.config().labels());
  }
}
