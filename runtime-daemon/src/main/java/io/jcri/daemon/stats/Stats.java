package io.jcri.daemon.stats;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.system.Clock;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.oci.file.DiskUsage;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.cgroup.CgroupStats;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.Pressure;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what containers and pods use. No shim and no OCI runtime is asked, so a container that
 * hangs hurts nobody's figures.
 *
 * <p>Thread-safe.
 */
public final class Stats {
  private static final Logger log = LoggerFactory.getLogger(Stats.class);

  /** A writable layer is walked at most this often: it may hold a million files. */
  private static final long WRITABLE_NANOS = 10_000_000_000L;

  private final Cgroups cgroups;
  private final CgroupPaths paths;
  private final RootFilesystems rootFilesystems;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final CpuRates rates;
  private final ValuesById<Writable> writable;

  private record Writable(long at, DiskUsage usage) {}

  /**
   * Of this host.
   *
   * @param exists whether there is a pod or container of that ID: of others nothing is kept
   */
  public Stats(
      Cgroups cgroups,
      CgroupPaths paths,
      RootFilesystems rootFilesystems,
      Clock clock,
      Predicate<String> exists) {
    this(cgroups, paths, rootFilesystems, clock, System::nanoTime, exists);
  }

  /** With a clock for intervals: the wall's may be set. */
  Stats(
      Cgroups cgroups,
      CgroupPaths paths,
      RootFilesystems rootFilesystems,
      Clock clock,
      LongSupplier nanoTime,
      Predicate<String> exists) {
    this.cgroups = cgroups;
    this.paths = paths;
    this.rootFilesystems = rootFilesystems;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.rates = new CpuRates(exists);
    this.writable = new ValuesById<>(exists);
  }

  /**
   * A container's use; one that ends meanwhile still has its writable layer. One that is UNKNOWN
   * may run, and has figures if its cgroup is where its pod says.
   */
  public Usage of(Pod pod, Container container) throws IOException {
    String path = paths.containerDirectory(pod.config().cgroupParent(), container.id());
    boolean mayRun = container.running() || container.phase() == ContainerPhase.UNKNOWN;
    return withWritable(
        container, mayRun ? read(container.id(), path, container.init().orElse(0)) : nothing());
  }

  /** Of a container whose pod, and so its cgroup, nothing tells. */
  public Usage withoutPod(Container container) {
    return withWritable(container, nothing());
  }

  private Usage nothing() {
    return new Usage(clock.nanos(), Optional.empty(), 0, Map.of(), DiskUsage.NONE);
  }

  private Usage withWritable(Container container, Usage usage) {
    return new Usage(
        usage.at(), usage.cgroup(), usage.nanoCores(), usage.pressure(), writable(container.id()));
  }

  /** A pod's use, of the cgroup that the kubelet has for it; nothing without one. */
  public Usage of(Pod pod) throws IOException {
    Optional<String> path =
        pod.ready() ? paths.podDirectory(pod.config().cgroupParent()) : Optional.empty();
    return path.isPresent()
        ? read(pod.id(), path.get(), pod.sandbox().map(made -> made.pause().pid()).orElse(0))
        : nothing();
  }

  /** The pod's network interfaces; none for one that has the host's network. */
  public List<NetworkFigures> network(Pod pod) throws IOException {
    Optional<SandboxState> sandbox = pod.sandbox().filter(_ -> pod.ready());
    return sandbox.isEmpty() || pod.config().hostNetwork()
        ? List.of()
        : NetworkFigures.of(sandbox.get().pause().pid());
  }

  /**
   * Reads a group.
   *
   * @param first the process that has been in it for the longest
   */
  private Usage read(String id, String path, int first) throws IOException {
    long at = clock.nanos();
    long now = nanoTime.getAsLong();
    Optional<CgroupStats> stats = cgroups.read(path);
    long nanoCores =
        stats.isEmpty() ? 0 : rates.nanoCores(id, now, stats.get().cpuNanos(), () -> age(first));
    Map<Pressure.Resource, Pressure> pressure = new EnumMap<>(Pressure.Resource.class);
    for (Pressure.Resource resource : Pressure.Resource.values()) {
      cgroups.pressure(path, resource).ifPresent(value -> pressure.put(resource, value));
    }
    return new Usage(at, stats, nanoCores, pressure, DiskUsage.NONE);
  }

  /** 0 when it has ended. */
  private static long age(int pid) {
    try {
      Optional<ProcessId> process = ProcessId.of(pid);
      return process.isEmpty() ? 0 : process.get().ageNanos();
    } catch (IOException e) {
      log.debug("age of process {}: {}", pid, e.getMessage());
      return 0;
    }
  }

  /** The first walk is waited for; later ones are for who asks next, so that nobody waits. */
  private DiskUsage writable(String id) {
    long now = nanoTime.getAsLong();
    @Nullable Writable known = writable.values().get(id);
    if (known == null) {
      DiskUsage usage = rootFilesystems.writable(id);
      writable.values().put(id, new Writable(now, usage));
      return usage;
    }
    if (now - known.at() > WRITABLE_NANOS
        && writable.values().replace(id, known, new Writable(now, known.usage()))) {
      Thread.ofVirtual()
          .name("writable layer of " + id)
          .start(HeapGuard.expendable("the look at a writable layer", () -> walk(id, now)));
    }
    return known.usage();
  }

  private void walk(String id, long now) {
    try {
      DiskUsage usage = rootFilesystems.writable(id);
      writable.values().computeIfPresent(id, (key, before) -> new Writable(now, usage));
    } catch (RuntimeException e) {
      log.warn("writable layer of {} could not be measured: {}", id, e.getMessage());
    }
  }
}
