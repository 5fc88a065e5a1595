package io.jcri.daemon.events;

import static io.jcri.daemon.core.Attempts.attempt;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.events.PublishedEventsFile.Published;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Compares what the last daemon has told with the records that it has left. What it has told
 * nothing about, for want of subscribers, counts as told when it is older than events wait.
 */
final class Recovery {
  private final EventMaker events;
  private final LastEvents lastEvents;
  private final PublishedEventsFile told;
  private final Map<String, Published> table;
  private final long now;
  private final long horizon;

  Recovery(EventMaker events, LastEvents lastEvents, PublishedEventsFile told, long now) {
    this.events = events;
    this.lastEvents = lastEvents;
    this.told = told;
    this.table = new HashMap<>(told.table());
    this.now = now;
    this.horizon = now - WaitingEvents.LONGEST.toNanos();
  }

  /** In an order in which it can have happened: pods begin, containers live, pods end. */
  void run(Collection<Pod> foundPods, Collection<Container> foundContainers) {
    List<Pod> pods =
        foundPods.stream()
            .filter(pod -> pod.phase() != PodPhase.CREATING)
            .sorted(Comparator.comparingLong(Pod::createdAt))
            .toList();
    List<Container> containers =
        foundContainers.stream()
            .filter(container -> container.phase() != ContainerPhase.CREATING)
            .sorted(Comparator.comparingLong(Container::createdAt))
            .toList();
    eachPod(pods, events::place);
    eachContainer(containers, events::place);
    eachPod(pods, pod -> published(pod).ifPresent(last -> lastEvents.begin(pod.id(), last)));
    eachContainer(containers, c -> published(c).ifPresent(last -> lastEvents.begin(c.id(), last)));

    eachPod(pods.stream().filter(Pod::ready).toList(), events::podChanged);
    eachContainer(containers, events::containerChanged);
    eachPod(pods.stream().filter(pod -> !pod.ready()).toList(), events::podChanged);
    attempt("events of what is gone", () -> tellOfGone(pods, containers));
    told.compact();
  }

  private static void eachPod(List<Pod> pods, Consumer<Pod> step) {
    pods.forEach(pod -> attempt("events of pod sandbox " + pod.id(), () -> step.accept(pod)));
  }

  private static void eachContainer(List<Container> containers, Consumer<Container> step) {
    containers.forEach(one -> attempt("events of container " + one.id(), () -> step.accept(one)));
  }

  private Optional<EventType> published(Pod pod) {
    Published known = table.get(pod.id());
    if (known != null) {
      return Optional.of(known.last());
    }
    boolean fresh = told.found() && pod.createdAt() >= horizon;
    return fresh
        ? Optional.empty()
        : Optional.of(pod.ready() ? EventType.STARTED : EventType.STOPPED);
  }

  private Optional<EventType> published(Container container) {
    Published known = table.get(container.id());
    if (known != null) {
      return Optional.of(known.last());
    }
    long newest = told.found() ? horizon : Long.MAX_VALUE;
    if (container.exit().filter(exit -> exit.at() < newest).isPresent()) {
      return Optional.of(EventType.STOPPED);
    }
    if (container.startedAt() > 0 && container.startedAt() < newest) {
      return Optional.of(EventType.STARTED);
    }
    return container.createdAt() < newest ? Optional.of(EventType.CREATED) : Optional.empty();
  }

  /** Containers first. Their pod's last snapshot is in the note. */
  private void tellOfGone(List<Pod> pods, List<Container> containers) {
    Set<String> present = new HashSet<>();
    pods.forEach(pod -> present.add(pod.id()));
    containers.forEach(container -> present.add(container.id()));
    for (Map.Entry<String, Published> entry : table.entrySet()) {
      Published gone = entry.getValue();
      if (present.contains(entry.getKey())) {
        continue;
      }
      if (gone.missedSince() > 0 && gone.missedSince() < horizon) {
        told.forget(entry.getKey());
        continue;
      }
      lastEvents.begin(entry.getKey(), gone.last());
      told.missed(entry.getKey(), now);
      gone.pod().map(pod -> pod.after(PodEvent.STOP)).ifPresent(events::place);
    }
    for (boolean sandboxes : List.of(false, true)) {
      for (Map.Entry<String, Published> entry : table.entrySet()) {
        if (lastEvents.knows(entry.getKey())
            && !present.contains(entry.getKey())
            && entry.getValue().pod().isPresent() == sandboxes) {
          Published gone = entry.getValue();
          if (sandboxes) {
            events.podLeaves(gone.pod().orElseThrow().after(PodEvent.STOP));
          } else {
            events.containerLeft(gone.podId(), entry.getKey());
          }
        }
      }
    }
  }
}
