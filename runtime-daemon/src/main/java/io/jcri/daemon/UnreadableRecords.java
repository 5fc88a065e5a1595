package io.jcri.daemon;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.UnreadableContainer;
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
 * The pods and containers of which there is a record that can't be read: damaged, of a later
 * version, on a bad disk. They are there and may run, so they are listed, by stand-ins, until a
 * client removes them.
 *
 * <p>Asked once, after the records were read.
 */
final class UnreadableRecords {
  private static final Logger log = LoggerFactory.getLogger(UnreadableRecords.class);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  private final Layout layout;
  private final Clock clock;
  private final String bootId;

  UnreadableRecords(Layout layout, Clock clock, String bootId) {
    this.layout = layout;
    this.clock = clock;
    this.bootId = bootId;
  }

  /** Stand-ins for the containers that were not found. */
  List<Container> containers(RecordStore<Container> records, Collection<Container> found) {
    return missing(records, found, Container::id, layout.containers()).entrySet().stream()
        .map(one ->
            UnreadableContainer.of(
                one.getKey(),
                one.getValue(),
                layout.bundle(one.getKey()),
                age(layout.containerRecords().resolve(one.getKey() + ".json")),
                bootId))
        .toList();
  }

  /**
   * Stand-ins for the pods that were not found.
   *
   * @param containers all of them, stand-ins too: they tell whose they are
   */
  List<Pod> pods(
      RecordStore<Pod> records, Collection<Pod> found, Collection<Container> containers) {
    return missing(records, found, Pod::id, layout.pods()).entrySet().stream()
        .map(one ->
            UnreadablePod.of(
                one.getKey(),
                Map.entry(UnreadableContainer.ANNOTATION, one.getValue()),
                containers.stream()
                    .filter(container -> container.podId().equals(one.getKey()))
                    .map(container -> container.config().labels())
                    .filter(labels -> labels.containsKey(UnreadablePod.NAME_LABEL))
                    .findFirst()
                    .orElse(Map.of()),
                age(layout.podRecords().resolve(one.getKey() + ".json")),
                bootId))
        .toList();
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
