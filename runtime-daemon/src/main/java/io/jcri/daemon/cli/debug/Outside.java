package io.jcri.daemon.cli.debug;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.record.RecordFile;
import io.jcri.oci.record.RecordFormat;
import io.jcri.oci.record.RecordFraming;
import io.jcri.oci.record.RecordReading;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be had without the daemon: its process by /proc, and its records as they are on disk at
 * this moment. Changes nothing. For one thread.
 */
final class Outside {
  private static final int MOST_MOUNTS = 1000;
  private static final String JSON = ".json";

  private final Layout layout;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, String> podNames = new HashMap<>();

  private Outside(Layout layout) {
    this.layout = layout;
  }

  /**
   * Looks at a daemon's folders.
   *
   * @param found the daemon that has them, if one does
   */
  static Dump.Outside look(Layout layout, Optional<ProcessFacts> found) {
    Outside outside = new Outside(layout);
    List<Dump.Pod> pods = outside.pods();
    List<Dump.Container> containers = outside.containers();
    DaemonLog log = DaemonLog.of(found);
    return new Dump.Outside(
        layout.state().toString(),
        layout.root().toString(),
        found.flatMap(
            process -> Optional.ofNullable(outside.orElse(process::read, "the daemon's process"))),
        pods,
        containers,
        outside.mounts(),
        log.place(),
        log.end(),
        outside.problems);
  }

  private <T> @Nullable T orElse(Reading<T> reading, String what) {
    try {
      return reading.read();
    } catch (IOException | UncheckedIOException e) {
      problems.add(what + ": " + Reasons.of(e));
      return null;
    }
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private List<Dump.Pod> pods() {
    List<Dump.Pod> pods = new ArrayList<>();
    for (Path file : records(layout.podRecords())) {
      String id = id(file);
      RecordReading<Pod> reading = read(file, "pod", Pod.class);
      if (reading instanceof RecordReading.Read<Pod> read) {
        Pod pod = read.value();
        String name = pod.config().metadata().namespace() + "/" + pod.config().metadata().name();
        podNames.put(id, name);
        pods.add(
            new Dump.Pod(
                id,
                name,
                pod.phase().name().toLowerCase(Locale.ROOT),
                pod.sandbox().map(sandbox -> named(sandbox.pause())),
                pod.liveIps(),
                pod.cgroupPath()));
      } else if (!(reading instanceof RecordReading.Absent<Pod>)) {
        pods.add(
            new Dump.Pod(
                id, "", unreadable(reading), Optional.empty(), List.of(), Optional.empty()));
      }
    }
    return pods;
  }

  private List<Dump.Container> containers() {
    List<Dump.Container> containers = new ArrayList<>();
    for (Path file : records(layout.containerRecords())) {
      String id = id(file);
      boolean socket = Files.exists(layout.container(id).resolve("shim.sock"));
      boolean exited = Files.exists(layout.exitRecord(id));
      RecordReading<Container> reading = read(file, "container", Container.class);
      if (reading instanceof RecordReading.Read<Container> read) {
        Container container = read.value();
        Optional<Integer> init = container.exit().isPresent() ? Optional.empty() : container.init();
        containers.add(
            new Dump.Container(
                id,
                container.config().name(),
                podNames.getOrDefault(container.podId(), container.podId()),
                container.phase().name().toLowerCase(Locale.ROOT),
                container.shim().map(this::named),
                socket,
                exited,
                init,
                init.flatMap(ProcessFacts::cgroup)));
      } else if (!(reading instanceof RecordReading.Absent<Container>)) {
        containers.add(
            new Dump.Container(
                id,
                "",
                "",
                unreadable(reading),
                Optional.empty(),
                socket,
                exited,
                Optional.empty(),
                Optional.empty()));
      }
    }
    return containers;
  }

  private Dump.Named named(ProcessId process) {
    @Nullable Boolean alive = orElse(process::alive, "process " + process.pid());
    return new Dump.Named(process.pid(), alive != null && alive);
  }

  private static String unreadable(RecordReading<?> reading) {
    return "unreadable: "
        + switch (reading) {
          case RecordReading.Torn<?> bad -> bad.reason();
          case RecordReading.FromNewer<?> bad -> bad.reason();
          case RecordReading.Unreadable<?> bad -> bad.reason();
          case RecordReading.Read<?> _, RecordReading.Absent<?> _ -> "";
        };
  }

  private static <T extends Record> RecordReading<T> read(Path file, String name, Class<T> type) {
    int most = Math.toIntExact(2 * Bound.RECORD.limit());
    return new RecordFile<>(file, RecordFormat.of(name, type, RecordFraming.HEADER), most).read();
  }

  private static String id(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - JSON.length());
  }

  private List<Path> records(Path folder) {
    @Nullable List<Path> files =
        orElse(
            () -> {
              try (Stream<Path> all = Files.list(folder)) {
                return all.filter(file -> file.toString().endsWith(JSON))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
              } catch (NoSuchFileException e) {
                throw new IOException("there is no such folder", e);
              }
            },
            "records in " + folder);
    return files == null ? List.of() : files;
  }

  private List<String> mounts() {
    @Nullable List<String> lines =
        orElse(
            () ->
                Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)
                    .stream()
                    .map(line -> line.split(" ", -1))
                    .filter(fields -> fields.length > 4 && isOurs(fields[4]))
                    .map(fields -> fields[4] + " " + type(fields))
                    .limit(MOST_MOUNTS)
                    .toList(),
            "mounts");
    return lines == null ? List.of() : lines;
  }

  private boolean isOurs(String place) {
    return place.startsWith(layout.state() + "/") || place.startsWith(layout.root() + "/");
  }

  /** The field behind the dash, before which there are as many as the kernel likes. */
  private static String type(String[] fields) {
    for (int i = 6; i + 1 < fields.length; i++) {
      if (fields[i].equals("-")) {
        return fields[i + 1];
      }
    }
    return "";
  }
}
