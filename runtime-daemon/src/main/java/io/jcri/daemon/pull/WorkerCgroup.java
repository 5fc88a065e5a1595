package io.jcri.daemon.pull;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The worker's cgroup as a node is configured, if it has one. */
final class WorkerCgroup {

  /** Of {@code cpu.max} and {@code cpu.cfs_quota_us}. */
  private static final int PERIOD_MICROS = 100_000;

  private final Cgroups cgroups;
  private final DaemonConfig.PullWorker config;

  WorkerCgroup(Cgroups cgroups, DaemonConfig.PullWorker config) {
    this.cgroups = cgroups;
    this.config = config;
  }

  /**
   * Makes it unless it is there, and sets its limits.
   *
   * @return its directory in each hierarchy; none when the daemon's is the worker's
   * @throws IOException naming the file that refuses
   */
  List<Path> make() throws IOException {
    if (config.cgroup().isEmpty()) {
      return List.of();
    }
    String path = config.cgroup().get();
    cgroups.create(path);
    List<Path> directories =
        cgroups.processFiles(path).stream()
            .map(file -> Objects.requireNonNull(file.getParent()))
            .toList();
    for (Path directory : directories) {
      limit(directory);
    }
    return directories;
  }

  /** Version 1 has its files in the hierarchy of the controller only, version 2 all in one. */
  private void limit(Path directory) throws IOException {
    long memory = config.memory();
    set(directory.resolve("memory.max"), memory > 0 ? Long.toString(memory) : "max");
    set(directory.resolve("memory.limit_in_bytes"), memory > 0 ? Long.toString(memory) : "-1");
    long quota = (long) config.milliCpus() * PERIOD_MICROS / 1000;
    set(directory.resolve("cpu.max"), (quota > 0 ? quota : "max") + " " + PERIOD_MICROS);
    set(directory.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD_MICROS));
    set(directory.resolve("cpu.cfs_quota_us"), quota > 0 ? Long.toString(quota) : "-1");
  }

  private static void set(Path file, String value) throws IOException {
    if (Files.exists(file)) {
      Files.writeString(file, value);
    }
  }
}
