package io.jcri.it.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Proportional set sizes, by {@code /proc/<pid>/smaps_rollup}, in MiB. */
final class Memory {
  private static final Path PROC = Path.of("/proc");

  private Memory() {}

  static double ofProcess(long pid) throws IOException {
    return ofProcess(PROC.resolve(Long.toString(pid)));
  }

  /**
   * What pods cost beside their containers: the shims, told by the id among their arguments, and
   * what lives in the cgroup of a sandbox, the pause process.
   */
  static double outsideContainers(Collection<PodLife.Pod> pods) throws IOException {
    double sum = 0;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (serves(process, pods)) {
          sum += ofProcess(process);
        }
      }
    }
    return sum;
  }

  private static boolean serves(Path process, Collection<PodLife.Pod> pods) {
    String arguments;
    String cgroups;
    try {
      arguments = text(process.resolve("cmdline"));
      cgroups = text(process.resolve("cgroup"));
    } catch (IOException endedMeanwhile) {
      return false;
    }
    for (PodLife.Pod pod : pods) {
      boolean shim = List.of(arguments.split("\0", -1)).contains(pod.container());
      if (shim || arguments.contains(pod.sandbox())) {
        return true;
      }
      if (cgroups.contains(pod.sandbox()) && !cgroups.contains(pod.container())) {
        return true;
      }
    }
    return false;
  }

  private static double ofProcess(Path process) throws IOException {
    for (String line : text(process.resolve("smaps_rollup")).split("\n", -1)) {
      if (line.startsWith("Pss:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException(process + ": no Pss");
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
