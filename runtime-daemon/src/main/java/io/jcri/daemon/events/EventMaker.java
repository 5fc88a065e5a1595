package io.jcri.daemon.events;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which events a new snapshot of a pod or container means. Guarded by its owner's lock.
 *
 * <p>{@link ContainerPhase#UNKNOWN} and what is in the making ({@link PodPhase#CREATING}) mean
 * none.
 */
final class EventMaker {
  /** Whom they are told. */
  @FunctionalInterface
  interface Teller {
    /**
     * Tells of one.
     *
     * @param id of the container, or of the pod when the event is its own
     * @param pod all that is known of it by now
     */
    void tell(EventType type, String id, String podId, PodView pod);
  }

  private final Map<String, PodView> pods = new HashMap<>();
  private final LastEvents lastEvents = new LastEvents();
  private final Teller teller;

  EventMaker(Teller teller) {
    this.teller = teller;
  }

  /** Takes up the records of the last daemon, and tells what it has not told. */
  void recover(
      PublishedEventsFile told,
      long now,
      Collection<Pod> foundPods,
      Collection<Container> foundContainers) {
    new Recovery(this, lastEvents, told, now).run(foundPods, foundContainers);
  }

  /** Keeps a found object without telling of it. */
  void place(Pod pod) {
    view(pod.id()).set(pod);
  }

  void place(Container container) {
    view(container.podId()).put(container);
  }

  private PodView view(String podId) {
    return pods.computeIfAbsent(podId, _ -> new PodView());
  }

  void podChanged(Pod now) {
    String id = now.id();
    place(now);
    switch (now.phase()) {
      case CREATING -> {}
      case READY -> tell(id, id, lastEvents.reach(id, EventType.STARTED, true));
      case NOT_READY -> {
        boolean ran = lastEvents.knows(id) || now.sandbox().isPresent();
        tell(id, id, lastEvents.reach(id, EventType.STOPPED, ran));
      }
    }
  }

  void podLeaves(Pod last) {
    tell(last.id(), last.id(), lastEvents.end(last.id()));
    pods.remove(last.id());
  }

  void containerChanged(Container now) {
    switch (now.phase()) {
      case CREATING -> {}
      case CREATED -> reach(now, EventType.CREATED);
      case RUNNING -> reach(now, EventType.STARTED);
      case EXITED -> reach(now, EventType.STOPPED);
      case UNKNOWN -> place(now);
    }
  }

  private void reach(Container now, EventType level) {
    place(now);
    tell(now.podId(), now.id(), lastEvents.reach(now.id(), level, now.startedAt() > 0));
  }

  void containerLeft(String podId, String id) {
    PodView view = view(podId);
    view.remove(id);
    tell(podId, id, lastEvents.end(id));
    if (view.empty() && view.pod().isEmpty()) {
      pods.remove(podId);
    }
  }

  private void tell(String podId, String id, List<EventType> types) {
    PodView view = view(podId);
    types.forEach(type -> teller.tell(type, id, podId, view));
  }
}
