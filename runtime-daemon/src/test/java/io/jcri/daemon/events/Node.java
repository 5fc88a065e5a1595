package io.jcri.daemon.events;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The daemon's records and its events, with a clock that stands still, and nothing else. */
final class Node {
  private final Path directory;
  private String bootId = "boot-1";
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  final RecordStore<Pod> podRecords;
  final RecordStore<Container> containerRecords;
  Events events;
  Registry<Pod> pods;
  Registry<Container> containers;

  Node(Path directory) throws IOException {
    this.directory = directory;
    this.podRecords = new RecordStore<>(directory.resolve("pods"), Pod.class);
    this.containerRecords = new RecordStore<>(directory.resolve("containers"), Container.class);
    this.events = open();
    this.pods = new Registry<>("pod sandbox", Pod::id, podRecords, events.podWatcher());
    this.containers =
        new Registry<>("container", Container::id, containerRecords, events.containerWatcher());
    events.recover(List.of(), List.of());
  }

  private Events open() {
    return new Events(
        PublishedEventsFile.open(directory.resolve("events"), bootId), new Clock(() -> now));
  }

  /** The daemon is killed, and another one finds what it has left. */
  void restart() throws IOException {
    List<Pod> foundPods = podRecords.loadAll();
    List<Container> foundContainers = containerRecords.loadAll();
    events = open();
    pods = new Registry<>("pod sandbox", Pod::id, podRecords, events.podWatcher());
    containers =
        new Registry<>("container", Container::id, containerRecords, events.containerWatcher());
    events.recover(foundPods, foundContainers);
    foundPods.forEach(pods::addLoaded);
    foundContainers.forEach(containers::addLoaded);
  }

  void reboot() throws IOException {
    bootId = "boot-2";
    restart();
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  long nanos() {
    return new Clock(() -> now).nanos();
  }

  void runPod(String id) {
    pods.add(Samples.pod(id, nanos()));
    pods.update(id, pod -> pod.after(PodEvent.MADE));
  }

  void stopPod(String id) {
    pods.updateAnyway(id, pod -> pod.after(PodEvent.STOP));
  }

  void create(String id, String podId) {
    containers.add(Samples.container(id, podId, nanos()));
    containers.update(id, container -> container.after(ContainerEvent.MADE));
  }

  void start(String id) {
    ProcessId shim = Samples.record(ProcessId.class, Map.of("pid", 7));
    containers.update(
        id, container -> container.after(ContainerEvent.STARTED).withStart(nanos(), 4711, shim));
  }

  void exit(String id) {
    containers.updateAnyway(id, container -> Samples.exited(container, 0, nanos()));
  }

  Listener listen() {
    return new Listener(events.subscribe("listener", () -> {}));
  }

  /** Takes events without waiting for what does not come. */
  record Listener(Subscription subscription) {
    /** All that are there, taken and delivered: {@code id TYPE}. */
    List<String> told() throws InterruptedException {
      List<String> told = new ArrayList<>();
      for (Event event : take()) {
        told.add(event.id() + " " + event.type());
      }
      return told;
    }

    List<Event> take() throws InterruptedException {
      List<Event> taken = new ArrayList<>();
      while (subscription.waitingSince().isPresent()) {
        Optional<Event> next = subscription.next();
        taken.add(next.orElseThrow());
        subscription.delivered();
      }
      return taken;
    }
  }
}
