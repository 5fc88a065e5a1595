package io.jcri.daemon.stats;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.Clock;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.oci.file.DiskUsage;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.cgroup.CgroupStats;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.Pressure;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
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
 * hangs hurts nobody's figures; but of containers that the kernel knows nothing of, since they are
 * inside of a sandbox container's process, their runtime is asked beforehand, see {@link #ask}.
 *
 * <p>Thread-safe.
 */
public final class Stats {
  private static final Logger log = LoggerFactory.getLogger(Stats.class);

  /** A writable layer is walked at most this often: it may hold a million files. */
  private static final long WRITABLE_NANOS = 10_000_000_000L;

  /** The kubelet gives a list two minutes, and asks every ten seconds. */
  private static final Duration RUNTIME_PATIENCE = Duration.ofSeconds(2);

  private static final Duration RUNTIMES_PATIENCE = Duration.ofSeconds(5);

  private final Cgroups cgroups;
  private final CgroupPaths paths;
  private final Handlers handlers;
  private final RuntimeFigures runtimes;
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
      Handlers handlers,
      RootFilesystems rootFilesystems,
      Clock clock,
      Predicate<String> exists) {
    this(cgroups, paths, handlers, rootFilesystems, clock, System::nanoTime, exists);
  }

  /** With a clock for intervals: the wall's may be set. */
  Stats(
      Cgroups cgroups,
      CgroupPaths paths,
      Handlers handlers,
      RootFilesystems rootFilesystems,
      Clock clock,
      LongSupplier nanoTime,
      Predicate<String> exists) {
    this.cgroups = cgroups;
    this.paths = paths;
    this.handlers = handlers;
    this.runtimes =
        new RuntimeFigures(clock, nanoTime, exists, RUNTIME_PATIENCE, RUNTIMES_PATIENCE);
    this.rootFilesystems = rootFilesystems;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.rates = new CpuRates(exists);
    this.writable = new ValuesById<>(exists);
  }

  /** What OCI runtimes told of their containers' use. */
  public static final class Answers {
    private final Map<String, RuntimeFigures.Told> told;

    private Answers(Map<String, RuntimeFigures.Told> told) {
      this.told = told;
    }
  }

  /**
   * Asks the runtimes of those of these containers that have no process in a cgroup of their own,
   * all at once; most have, and then nobody is asked. Waits for a few seconds at most.
   */
  public Answers ask(Collection<PodContainer> containers) throws IOException {
    Map<String, Handler> wanted = new HashMap<>();
    for (PodContainer each : containers) {
      @Nullable Handler handler = handlers.all().get(each.pod().config().handler());
      if (handler != null
          && handler.sandboxContainer()
          && mayRun(each.container())
          && cgroups.members(path(each.pod(), each.container())).isEmpty()) {
        wanted.put(each.container().id(), handler);
      }
    }
    return new Answers(wanted.isEmpty() ? Map.of() : runtimes.of(wanted));
  }

  /** As {@link #of(Pod, Container, Answers)}, of one alone. */
  public Usage of(Pod pod, Container container) throws IOException {
    return of(pod, container, ask(List.of(new PodContainer(pod, container))));
  }

  /**
   * A container's use; one that ends meanwhile still has its writable layer. One that is UNKNOWN
   * may run, and has figures if its cgroup is where its pod says.
   */
  public Usage of(Pod pod, Container container, Answers answers) throws IOException {
    RuntimeFigures.@Nullable Told told = answers.told.get(container.id());
    if (told != null) {
      return withWritable(container, told(container, told));
    }
    String path = path(pod, container);
    return withWritable(
        container,
        mayRun(container) ? read(container.id(), path, container.init().orElse(0)) : nothing());
  }

  private static boolean mayRun(Container container) {
    return container.running() || container.phase() == ContainerPhase.UNKNOWN;
  }

  private String path(Pod pod, Container container) {
    return paths.containerDirectory(pod.config().cgroupParent(), container.id());
  }

  /** The pressure on a group that it shares with others is not its own. */
  private Usage told(Container container, RuntimeFigures.Told told) {
    long nanoCores =
        rates.nanoCores(
            container.id(),
            told.nanoTime(),
            told.stats().cpuNanos(),
            () -> told.at() - container.startedAt());
    return new Usage(
        told.at(),
        Optional.empty(),
        Optional.of(told.stats()),
        nanoCores,
        Map.of(),
        DiskUsage.NONE);
  }

  /** Of a container whose pod, and so its cgroup, nothing tells. */
  public Usage withoutPod(Container container) {
    return withWritable(container, nothing());
  }

  private Usage nothing() {
    return new Usage(
        clock.nanos(), Optional.empty(), Optional.empty(), 0, Map.of(), DiskUsage.NONE);
  }

  private Usage withWritable(Container container, Usage usage) {
    return new Usage(
        usage.at(),
        usage.cgroup(),
        usage.told(),
        usage.nanoCores(),
        usage.pressure(),
        writable(container.id()));
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
    return new Usage(at, stats, Optional.empty(), nanoCores, pressure, DiskUsage.NONE);
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
      log.warn("writable layer of container {} could not be measured: {}", id, e.getMessage());
    }
  }
}
