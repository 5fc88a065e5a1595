package io.jcri.daemon.recovery;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.UnreadablePod;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that the daemon before this one has left. Pods and containers of which there is a
 * record that can't be read (damaged, of a later version, on a bad disk) are there and may run, so
 * they are listed, by stand-ins, until a client removes them.
 *
 * <p>Read once, at the start.
 */
public final class FoundRecords {
  private static final Logger log = LoggerFactory.getLogger(FoundRecords.class);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  private final RecordStore<Pod> podRecords;
  private final RecordStore<Container> containerRecords;
  private final Layout layout;
  private final Clock clock;
  private final String bootId;

  /** Reads nothing yet. */
  public FoundRecords(
      RecordStore<Pod> podRecords,
      RecordStore<Container> containerRecords,
      Layout layout,
      Clock clock,
      String bootId) {
    this.podRecords = podRecords;
    this.containerRecords = containerRecords;
    this.layout = layout;
    this.clock = clock;
    this.bootId = bootId;
  }

  /**
   * What was found.
   *
   * @param unreadablePods stand-ins
   * @param unreadableContainers stand-ins
   */
  record Found(
      Collection<Pod> pods,
      Collection<Container> containers,
      Collection<Pod> unreadablePods,
      Collection<Container> unreadableContainers) {
    Collection<Pod> allPods() {
      return joined(pods, unreadablePods);
    }

    Collection<Container> allContainers() {
      return joined(containers, unreadableContainers);
    }

    private static <T> List<T> joined(Collection<T> some, Collection<T> more) {
      return Stream.concat(some.stream(), more.stream()).toList();
    }
  }

  /** Reads all records. */
  Found read() throws IOException {
    Collection<Pod> pods = podRecords.loadAll();
    Collection<Container> containers = containerRecords.loadAll();
    List<Container> unreadable = unreadableContainers(containers);
    return new Found(
        pods, containers, unreadablePods(pods, Found.joined(containers, unreadable)), unreadable);
  }

  /** Why there may be more than was found; empty when all records could be listed. */
  Optional<String> unlisted() {
    return podRecords.unlisted().or(containerRecords::unlisted);
  }

  private List<Container> unreadableContainers(Collection<Container> found) {
    return missing(containerRecords, found, Container::id, layout.containers()).entrySet().stream()
        .map(one ->
            UnreadableContainer.of(
                one.getKey(),
                one.getValue(),
                layout.bundle(one.getKey()),
                age(layout.containerRecords().resolve(one.getKey() + ".json")),
                bootId))
        .toList();
  }

  /** All containers tell whose they are, stand-ins too. */
  private List<Pod> unreadablePods(Collection<Pod> found, Collection<Container> containers) {
    return missing(podRecords, found, Pod::id, layout.pods()).entrySet().stream()
        .map(one ->
            UnreadablePod.of(
                one.getKey(),
                Map.entry(UnreadableContainer.ANNOTATION, one.getValue()),
                labels(one.getKey(), containers),
                age(layout.podRecords().resolve(one.getKey() + ".json")),
                bootId))
        .toList();
  }

  private static Map<String, String> labels(String podId, Collection<Container> containers) {
    return containers.stream()
        .filter(container -> container.podId().equals(podId))
        .map(container -> container.config().labels())
        .filter(labels -> labels.containsKey(UnreadablePod.NAME_LABEL))
        .findFirst()
        .orElse(Map.of());
  }

  /** Why, by id. When the records could not be listed, all count that left something. */
  private static <T extends Record> Map<String, String> missing(
      RecordStore<T> records, Collection<T> found, Function<T, String> idOf, Path traces) {
    Map<String, String> missing = new HashMap<>(records.unreadable());
    Optional<String> unlisted = records.unlisted();
    if (unlisted.isPresent()) {
      names(traces).forEach(id -> missing.putIfAbsent(id, unlisted.get()));
      found.forEach(object -> missing.remove(idOf.apply(object)));
    }
    missing.keySet().removeIf(id -> !ID.matcher(id).matches());
    return missing;
  }

  private static List<String> names(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(path -> String.valueOf(path.getFileName())).toList();
    } catch (IOException | UncheckedIOException e) {
      log.error("what runs can't be found in {}: {}", directory, e.getMessage());
      return List.of();
    }
  }

  private long age(Path record) {
    try {
      return Files.getLastModifiedTime(record).to(TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      return clock.nanos();
    }
  }
}
