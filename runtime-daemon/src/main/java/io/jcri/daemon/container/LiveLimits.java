package io.jcri.daemon.container;

import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.Limits;
import io.jcri.sandbox.cgroup.SystemdScopes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of a running container, in the kernel. The OCI runtime changes them, since it also
 * keeps a state of its own and speaks to systemd; huge pages and the OOM score, of which its update
 * knows nothing, are written here.
 *
 * <p>Thread-safe.
 */
public final class LiveLimits {
  private static final Logger log = LoggerFactory.getLogger(LiveLimits.class);

  private final Handlers handlers;
  private final Cgroups cgroups;
  private final CgroupPaths paths;
  private final Optional<SystemdScopes> systemd;

  /**
   * Of this node.
   *
   * @param systemd where it makes the groups
   */
  public LiveLimits(
      Handlers handlers, Cgroups cgroups, CgroupPaths paths, Optional<SystemdScopes> systemd) {
    this.systemd = systemd;
    this.handlers = handlers;
    this.cgroups = cgroups;
    this.paths = paths;
  }

  /** Takes a change back. */
  @FunctionalInterface
  interface Undo {
    Undo NOTHING = _ -> {};

    /**
     * Does as much as can be done.
     *
     * @param why gets what fails as suppressed exceptions
     */
    void run(Exception why);
  }

  /**
   * Refuses what a container of this pod's handler can't live with.
   *
   * @throws io.jcri.daemon.core.JcriException INVALID
   */
  void check(Pod pod, LinuxResources asked) {
    handlers.require(pod.config().handler()).requireMemory(asked.memoryLimit());
  }

  /**
   * Changes what {@code change} sets, or nothing.
   *
   * @param files all of version 2 that were ever asked for, with this change, and their content
   * @return how to take it back
   */
  Undo apply(
      Pod pod,
      Container container,
      LinuxResources change,
      Map<String, String> files,
      Optional<Integer> oomScoreAdj)
      throws IOException {
    OciRuntime runtime = handlers.require(pod.config().handler()).runtime();
    String path = paths.containerDirectory(pod.config().cgroupParent(), container.id());
    Limits before = cgroups.limits(path, files.keySet());
    OomScores scores = new OomScores();
    Undo undo =
        why -> {
          attempt(why, () -> runtime.update(container.id(), opposite(change, before.byName())));
          attempt(why, before::restore);
          attempt(why, scores::restore);
        };
    try {
      LinuxResources forRuntime = change.toBuilder().hugepages(List.of()).build();
      if (!forRuntime.equals(LinuxResources.NONE)) {
        runtime.update(container.id(), forRuntime);
        keep(before, files, change.unified().keySet());
      }
      for (LinuxResources.HugepageLimit page : change.hugepages()) {
        cgroups.limitHugepages(path, page.pageSize(), page.limit());
      }
      if (oomScoreAdj.isPresent()) {
        scores.set(() -> cgroups.processes(path), oomScoreAdj.get());
      }
      return undo;
    } catch (IOException | RuntimeException e) {
      undo.run(e);
      throw e;
    }
  }

  /**
   * runc's update of one limit has systemd set others, such as io.weight, to its default, also what
   * runc itself has just written.
   *
   * @param changed those files that it was told of
   */
  private void keep(Limits before, Map<String, String> files, Set<String> changed)
      throws IOException {
    if (files.isEmpty()) {
      return;
    }
    if (systemd.isPresent()) {
      systemd.get().settle();
    }
    before.keep(files, systemd.isPresent() ? changed : Set.of());
  }

  /**
   * What undoes a change as far as the runtime's own state goes, where the kernel told a number.
   */
  private static LinuxResources opposite(LinuxResources change, Map<String, String> before) {
    LinuxResources.Builder back = LinuxResources.builder();
    if (change.memoryLimit().isPresent()) {
      back.memoryLimit(number(before, -1, "memory.limit_in_bytes", "memory.max"));
      back.memorySwap(change.memorySwap().isPresent() ? swap(before) : 0);
    }
    if (change.cpuShares().isPresent()) {
      back.cpuShares(number(before, 0, "cpu.shares"));
    }
    if (change.cpuQuota().isPresent() || change.cpuPeriod().isPresent()) {
      String[] max = before.getOrDefault("cpu.max", "").split(" ", -1);
      boolean v2 = max.length == 2;
      back.cpuQuota(v2 ? parse(max[0], -1) : number(before, -1, "cpu.cfs_quota_us"));
      back.cpuPeriod(v2 ? parse(max[1], 0) : number(before, 0, "cpu.cfs_period_us"));
    }
    back.cpus(change.cpus().map(_ -> before.getOrDefault("cpuset.cpus", "")).orElse(""));
    back.mems(change.mems().map(_ -> before.getOrDefault("cpuset.mems", "")).orElse(""));
    return back.build();
  }

  /** Version 2 counts swap alone, the OCI runtime memory and swap together. */
  private static long swap(Map<String, String> before) {
    if (before.containsKey("memory.memsw.limit_in_bytes")) {
      return number(before, -1, "memory.memsw.limit_in_bytes");
    }
    long memory = number(before, -1, "memory.max");
    long swap = number(before, -1, "memory.swap.max");
    return memory < 0 || swap < 0 ? -1 : memory + swap;
  }

  private static long number(Map<String, String> before, long otherwise, String... names) {
    for (String name : names) {
      if (before.containsKey(name)) {
        return parse(before.get(name), otherwise);
      }
    }
    return otherwise;
  }

  private static long parse(String text, long otherwise) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return otherwise; // "max"
    }
  }

  @FunctionalInterface
  private interface Step {
    void take() throws IOException;
  }

  private static void attempt(Exception why, Step step) {
    try {
      step.take();
    } catch (IOException | OciException e) {
      why.addSuppressed(e);
      log.warn("a change of limits could not be taken back whole: {}", e.getMessage());
    }
  }
}
