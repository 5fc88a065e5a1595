package io.jcri.daemon.metrics;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.stats.NetworkFigures;
import io.jcri.daemon.stats.PodContainer;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.stats.Usage;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.runtime.RuntimeStats;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.sandbox.cgroup.CgroupLayout;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.FileSystemStat;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures pods and containers. A container that does not run has only what was asked for it; one
 * that ends meanwhile, and a pod without a cgroup of its own, have what is left.
 *
 * <p>Thread-safe.
 */
public final class Metrics {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** The kernel's, when none is asked for. */
  private static final long DEFAULT_CPU_PERIOD = 100_000;

  private static final long DEFAULT_CPU_SHARES = 1024;

  private final Cgroups cgroups;
  private final CgroupPaths paths;
  private final CgroupSupport support;
  private final Stats stats;
  private final Path writableLayers;
  private final Syscalls syscalls;
  private final Clock clock;
  private final CgroupSamples cgroupSamples;
  private final Path proc;
  private final List<Metric> available;
  private volatile @Nullable String device;

  /**
   * Of this host.
   *
   * @param writableLayers a directory of the file system that holds them
   */
  public Metrics(
      Cgroups cgroups,
      CgroupPaths paths,
      NodeFacts node,
      Stats stats,
      Path writableLayers,
      Syscalls syscalls,
      Clock clock) {
    this.cgroups = cgroups;
    this.paths = paths;
    this.support = node.cgroups().limits();
    this.stats = stats;
    this.writableLayers = writableLayers;
    this.syscalls = syscalls;
    this.clock = clock;
    this.cgroupSamples = new CgroupSamples(cgroups, new Devices(Path.of("/sys"), System::nanoTime));
    this.proc = Path.of("/proc");
    boolean pressure = node.cgroups().layout() != CgroupLayout.V1 && node.kernel().pressure();
    this.available = available(support.controllers().contains("hugetlb"), pressure);
  }

  static List<Metric> available(boolean hugePages, boolean pressure) {
    return Arrays.stream(Metric.values())
        .filter(metric -> hugePages || !metric.name().startsWith("HUGETLB_"))
        .filter(metric -> pressure || !metric.name().startsWith("PRESSURE_"))
        .toList();
  }

  /** The metrics that this host can give; always the same. */
  public List<Metric> available() {
    return available;
  }

  /** Of a pod as a whole. */
  public List<Sample> of(Pod pod) throws IOException {
    String path = paths.podDirectory(pod.config().cgroupParent()).orElse("");
    Samples samples = Samples.of(pod, path);
    samples.add(Metric.LAST_SEEN, clock.nanos() / NANOS_PER_SECOND);
    samples.addNanos(Metric.START_TIME, pod.createdAt());
    samples.addNanos(Metric.CREATION_TIME, pod.createdAt());
    Usage usage = stats.of(pod);
    if (usage.cgroup().isPresent()) {
      cgroupSamples.add(samples, path, usage, usage.cgroup().get(), true);
    }
    for (NetworkFigures network : stats.network(pod)) {
      network(samples, network);
    }
    return samples.all();
  }

  private static void network(Samples to, NetworkFigures of) {
    to.add(Metric.NETWORK_RECEIVED_BYTES, of.received().bytes(), of.name());
    to.add(Metric.NETWORK_RECEIVED_PACKETS, of.received().packets(), of.name());
    to.add(Metric.NETWORK_RECEIVE_ERRORS, of.received().errors(), of.name());
    to.add(Metric.NETWORK_RECEIVE_DROPPED, of.received().dropped(), of.name());
    to.add(Metric.NETWORK_SENT_BYTES, of.sent().bytes(), of.name());
    to.add(Metric.NETWORK_SENT_PACKETS, of.sent().packets(), of.name());
    to.add(Metric.NETWORK_SEND_ERRORS, of.sent().errors(), of.name());
    to.add(Metric.NETWORK_SEND_DROPPED, of.sent().dropped(), of.name());
  }

  /** What has to be known of containers before they are measured, of all at once. */
  public Stats.Answers ask(Collection<PodContainer> containers) throws IOException {
    return stats.ask(containers);
  }

  /** Of one container. */
  public List<Sample> of(Pod pod, Container container, Stats.Answers answers) throws IOException {
    String path = paths.containerDirectory(pod.config().cgroupParent(), container.id());
    Samples samples = Samples.of(pod, container, path);
    LinuxResources resources = container.config().resources();
    samples.add(Metric.LAST_SEEN, clock.nanos() / NANOS_PER_SECOND);
    samples.addNanos(Metric.CREATION_TIME, container.createdAt());
    samples.addNanos(
        Metric.START_TIME,
        container.startedAt() > 0 ? container.startedAt() : container.createdAt());
    spec(samples, resources);
    Usage usage = stats.of(pod, container, answers);
    fileSystem(samples, usage);
    if (usage.cgroup().isPresent()) {
      boolean bandwidth = resources.cpuQuota().filter(quota -> quota > 0).isPresent();
      cgroupSamples.add(samples, path, usage, usage.cgroup().get(), bandwidth);
      processes(samples, container, path);
    }
    usage.told().ifPresent(told -> told(samples, told));
    return samples.all();
  }

  /** There are no files of the kernel's to read anything else in. */
  private static void told(Samples to, RuntimeStats told) {
    to.addNanos(Metric.CPU_USAGE, told.cpuNanos(), CgroupSamples.ALL_CPUS);
    to.add(Metric.MEMORY_USAGE, told.memory());
    to.add(Metric.MEMORY_WORKING_SET, told.workingSet());
    to.add(Metric.PROCESSES, told.processes());
  }

  private void spec(Samples to, LinuxResources resources) {
    to.add(Metric.SPEC_CPU_PERIOD, resources.cpuPeriod().orElse(DEFAULT_CPU_PERIOD));
    resources
        .cpuQuota()
        .filter(quota -> quota > 0)
        .ifPresent(quota -> to.add(Metric.SPEC_CPU_QUOTA, quota));
    to.add(Metric.SPEC_CPU_SHARES, resources.cpuShares().orElse(DEFAULT_CPU_SHARES));
    to.add(Metric.SPEC_MEMORY_LIMIT, Math.max(0, resources.memoryLimit().orElse(0L)));
    to.add(Metric.SPEC_MEMORY_RESERVATION, 0); // CRI asks for none
    // As the kernel was told it, not as it was asked for: a limit of memory also limits swap.
    to.add(Metric.SPEC_MEMORY_SWAP_LIMIT, Math.max(0, support.swapLimit(resources).orElse(0L)));
  }

  private void fileSystem(Samples to, Usage usage) throws IOException {
    FileSystemStat stat = syscalls.statfs(writableLayers.toString());
    String device = writableDevice();
    to.add(Metric.FS_USAGE, usage.writable().bytes(), device);
    to.add(Metric.FS_LIMIT, stat.blocks() * stat.blockSize(), device);
    to.add(Metric.FS_INODES, stat.files(), device);
    to.add(Metric.FS_INODES_FREE, stat.freeFiles(), device);
  }

  /** Found out once: to look for it means to read the whole table of mounts. */
  private String writableDevice() throws IOException {
    String known = device;
    if (known == null) {
      known = Files.getFileStore(writableLayers).name();
      device = known;
    }
    return known;
  }

  private void processes(Samples to, Container container, String path) throws IOException {
    List<Integer> pids = cgroups.members(path);
    Processes open = Processes.of(proc, pids);
    to.add(Metric.PROCESSES, pids.size());
    to.add(Metric.FILE_DESCRIPTORS, open.descriptors());
    to.add(Metric.SOCKETS, open.sockets());
    container
        .init()
        .ifPresent(init ->
            Processes.openFilesLimit(proc, init)
                .ifPresent(limit -> to.add(Metric.ULIMITS_SOFT, limit, "max_open_files")));
  }
}
