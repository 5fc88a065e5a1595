package io.jcri.daemon.app;

import io.jcri.daemon.config.LiveConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerSetup;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodSetup;
import io.jcri.daemon.prometheus.NodeState;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.sandbox.linux.FileSystemStat;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The node as Prometheus is told of it. */
record MetricsNode(
    DaemonContext context,
    LiveConfig config,
    Syscalls syscalls,
    Images store,
    PodSetup pod,
    ContainerSetup container,
    Events events,
    StreamingServer streaming,
    Supplier<List<Long>> workers)
    implements NodeState {

  @Override
  public Map<String, Integer> pods() {
    Map<String, Integer> counts = count(PodPhase.values(), pod.pods().list(), Pod::phase);
    counts.remove(word(PodPhase.CREATING)); // not listed
    return counts;
  }

  @Override
  public Map<String, Integer> containers() {
    Map<String, Integer> counts =
        count(ContainerPhase.values(), container.containers().list(), Container::phase);
    counts.remove(word(ContainerPhase.CREATING));
    return counts;
  }

  private static <T, P extends Enum<P>> Map<String, Integer> count(
      P[] phases, Collection<T> objects, Function<T, P> phase) {
    Map<String, Integer> counts = new TreeMap<>();
    for (P one : phases) {
      counts.put(word(one), 0);
    }
    objects.forEach(object -> counts.merge(word(phase.apply(object)), 1, Integer::sum));
    return counts;
  }

  private static String word(Enum<?> phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int shims() {
    return container.run().shims();
  }

  @Override
  public int sessions() {
    return streaming.sessions().size();
  }

  @Override
  public int pulls() {
    return store.pulls().size();
  }

  @Override
  public List<Long> pullWorkers() {
    return workers.get();
  }

  @Override
  public int images() {
    return store.list().size();
  }

  @Override
  public long imageBytes() {
    return store.usage().bytes();
  }

  @Override
  public boolean networkReady() {
    return pod.networks().status().ready();
  }

  @Override
  public int eventSubscribers() {
    return events.figures().subscribers();
  }

  @Override
  public int longestEventQueue() {
    return events.figures().longestQueue();
  }

  @Override
  public Map<String, FileSystem> fileSystems() throws IOException {
    return Map.of(
        "images",
        fileSystem(store.location()),
        "root",
        fileSystem(context.layout().root()),
        "state",
        fileSystem(context.layout().state()));
  }

  private FileSystem fileSystem(Path place) throws IOException {
    FileSystemStat stat = syscalls.statfs(place.toString());
    return new FileSystem(
        stat.blocks() * stat.blockSize(),
        stat.availableBlocks() * stat.blockSize(),
        stat.files(),
        stat.freeFiles());
  }

  @Override
  public boolean configGood() {
    return config.lastReading().good();
  }

  @Override
  public Instant configGoodAt() {
    return config.lastReading().goodAt();
  }
}
