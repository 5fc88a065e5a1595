package io.jcri.it.shim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What there is on the host of a test's containers.
 *
 * @param root where jcri-task has its records
 * @param mark in the names of all containers
 */
record TaskTraces(Path root, String mark) {
  /** What processes of containers, shims or jcri-task there are, and all else of them. */
  List<String> left(Collection<String> sockets) throws IOException {
    List<String> left = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
        String line = read(process.resolve("cmdline"));
        if (line.contains(mark)
            || line.contains(root.toString())
            || read(process.resolve("cgroup")).contains("/" + mark)) {
          left.add("process " + process.getFileName() + " " + line.replace('\0', ' '));
        }
      }
    }
    try (Stream<Path> cgroups = Files.walk(Path.of("/sys/fs/cgroup"), 2)) {
      cgroups.filter(path -> path.toString().contains(mark)).forEach(path -> left.add("" + path));
    }
    for (String socket : sockets) {
      if (Files.exists(Path.of(socket.replaceFirst("unix://", "")))) {
        left.add(socket);
      }
    }
    if (Files.exists(root)) {
      try (Stream<Path> records = Files.list(root)) {
        records.forEach(path -> left.add("" + path));
      }
    }
    return left;
  }

  /** The process that hears the only shim. */
  Optional<Long> listener() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .filter(path -> read(path.resolve("cmdline")).contains(root.toString()))
          .filter(path -> read(path.resolve("comm")).equals("jcri-task-event\n"))
          .map(path -> Long.valueOf("" + path.getFileName()))
          .findFirst();
    }
  }

  /** A process's file, or nothing when it has ended. */
  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }
}
