package io.jcri.daemon.metrics;

import io.jcri.daemon.stats.Usage;
import io.jcri.sandbox.cgroup.CgroupDetails;
import io.jcri.sandbox.cgroup.CgroupStats;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.cgroup.DeviceIo;
import io.jcri.sandbox.cgroup.HugePages;
import io.jcri.sandbox.cgroup.MemoryDetails;
import io.jcri.sandbox.cgroup.Pressure;
import java.io.IOException;
import java.util.Map;

/** What a cgroup tells, of a container or of a whole pod. Thread-safe. */
final class CgroupSamples {
  /** All of a machine, where one CPU could be told of. */
  static final String ALL_CPUS = "total";

  private final Cgroups cgroups;
  private final Devices devices;

  CgroupSamples(Cgroups cgroups, Devices devices) {
    this.cgroups = cgroups;
    this.devices = devices;
  }

  /**
   * Adds all but what only a container has.
   *
   * @param bandwidth whether the CPU is limited, without which there are no periods to count
   */
  void add(Samples to, String path, Usage usage, CgroupStats stats, boolean bandwidth)
      throws IOException {
    CgroupDetails details = cgroups.details(path);
    cpu(to, stats, details, bandwidth);
    memory(to, stats.memory(), details, cgroups.memoryDetails(path));
    to.add(Metric.THREADS, stats.processes());
    to.add(Metric.THREADS_MAX, details.processLimit().orElse(0));
    for (HugePages pages : cgroups.hugePages(path)) {
      to.add(Metric.HUGETLB_USAGE, pages.usage(), pages.size());
      to.add(Metric.HUGETLB_PEAK, pages.peak(), pages.size());
      to.add(Metric.HUGETLB_LIMIT_HITS, pages.failures(), pages.size());
    }
    for (DeviceIo io : cgroups.deviceIo(path)) {
      io(to, io);
    }
    pressure(to, usage.pressure());
  }

  private static void cpu(Samples to, CgroupStats stats, CgroupDetails details, boolean bandwidth) {
    to.addNanos(Metric.CPU_USAGE, stats.cpuNanos(), ALL_CPUS);
    to.addNanos(Metric.CPU_USER, details.userNanos());
    to.addNanos(Metric.CPU_SYSTEM, details.systemNanos());
    if (bandwidth) {
      to.add(Metric.CFS_PERIODS, details.periods());
      to.add(Metric.CFS_THROTTLED_PERIODS, details.throttledPeriods());
      to.addNanos(Metric.CFS_THROTTLED_TIME, details.throttledNanos());
      to.add(Metric.CFS_BURST_PERIODS, details.burstPeriods());
      to.addNanos(Metric.CFS_BURST_TIME, details.burstNanos());
    }
  }

  private static void memory(
      Samples to, CgroupStats.Memory memory, CgroupDetails details, MemoryDetails more) {
    to.add(Metric.MEMORY_CACHE, memory.cache());
    to.add(Metric.MEMORY_RSS, memory.rss());
    to.add(Metric.MEMORY_KERNEL, more.kernel());
    to.add(Metric.MEMORY_MAPPED_FILE, memory.mappedFile());
    to.add(Metric.MEMORY_SWAP, memory.swap().orElse(0));
    to.add(Metric.MEMORY_LIMIT_HITS, details.memoryLimitHits());
    to.add(Metric.MEMORY_USAGE, memory.usage());
    to.add(Metric.MEMORY_PEAK, Math.max(more.peak(), memory.usage()));
    to.add(Metric.MEMORY_WORKING_SET, memory.workingSet());
    to.add(Metric.MEMORY_ACTIVE_FILE, more.activeFile());
    to.add(Metric.MEMORY_INACTIVE_FILE, more.inactiveFile());
    to.add(Metric.MEMORY_FAILURES, more.ownFaults(), "pgfault", "container");
    to.add(Metric.MEMORY_FAILURES, more.ownMajorFaults(), "pgmajfault", "container");
    to.add(Metric.MEMORY_FAILURES, more.faults(), "pgfault", "hierarchy");
    to.add(Metric.MEMORY_FAILURES, more.majorFaults(), "pgmajfault", "hierarchy");
    to.add(Metric.MEMORY_HIGH_EVENTS, more.highEvents());
    to.add(Metric.MEMORY_MAX_EVENTS, more.maxEvents());
    to.add(Metric.MEMORY_DIRTY, more.dirty());
    to.add(Metric.MEMORY_WRITEBACK, more.writeback());
    to.add(Metric.MEMORY_SCANNED, more.scanned());
    to.add(Metric.MEMORY_STOLEN, more.stolen());
    to.add(Metric.MEMORY_REFAULT_FILE, more.refaultedFile());
    to.add(Metric.MEMORY_REFAULT_ANON, more.refaultedAnonymous());
    to.add(Metric.OOM_EVENTS, details.oomKills());
  }

  private void io(Samples to, DeviceIo io) {
    String device = devices.name(io.major(), io.minor());
    to.add(
        Metric.BLKIO_USAGE,
        io.bytes(),
        device,
        Integer.toString(io.major()),
        Integer.toString(io.minor()),
        io.operation());
    if (io.operation().equals("Read")) {
      to.add(Metric.FS_READ_BYTES, io.bytes(), device);
      to.add(Metric.FS_READS, io.requests(), device);
    } else if (io.operation().equals("Write")) {
      to.add(Metric.FS_WRITTEN_BYTES, io.bytes(), device);
      to.add(Metric.FS_WRITES, io.requests(), device);
    }
  }

  private static void pressure(Samples to, Map<Pressure.Resource, Pressure> pressure) {
    pressure.forEach((resource, value) -> {
      long stalled = value.full().totalMicros() * 1_000;
      long waiting = value.some().totalMicros() * 1_000;
      switch (resource) {
        case CPU -> {
          to.addNanos(Metric.PRESSURE_CPU_STALLED, stalled);
          to.addNanos(Metric.PRESSURE_CPU_WAITING, waiting);
        }
        case MEMORY -> {
          to.addNanos(Metric.PRESSURE_MEMORY_STALLED, stalled);
          to.addNanos(Metric.PRESSURE_MEMORY_WAITING, waiting);
        }
        case IO -> {
          to.addNanos(Metric.PRESSURE_IO_STALLED, stalled);
          to.addNanos(Metric.PRESSURE_IO_WAITING, waiting);
        }
      }
    });
  }
}
