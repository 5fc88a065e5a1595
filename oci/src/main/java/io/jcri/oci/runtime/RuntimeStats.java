package io.jcri.oci.runtime;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a runtime tells of one container's use by {@code events --stats}: runc's form, as far as
 * gVisor and others fill it.
 *
 * @param cpuNanos CPU time used since its start, in nanoseconds; runsc takes it from the cgroup
 *     that its process is in, so with {@code --ignore-cgroups} it is that of whatever else is in
 *     there
 * @param memory in use, in bytes
 * @param inactiveFile of it file pages that nobody has asked for in a while
 * @param memoryLimit allowed, empty for no limit
 * @param processes now
 */
public record RuntimeStats(
    long cpuNanos, long memory, long inactiveFile, OptionalLong memoryLimit, long processes) {
  /** One line of a few hundred figures, most of which are skipped. */
  private static final Json.Bounds BOUNDS = new Json.Bounds(256 << 10, 10_000);

  /** Cgroups have a number of pages below 2^63 for no limit, and version 2 tells 2^64-1. */
  private static final long LEAST_NO_LIMIT = Long.MAX_VALUE >> 1;

  private record Event(String type, Optional<Data> data) {}

  private record Data(Optional<Cpu> cpu, Optional<Memory> memory, Optional<Pids> pids) {}

  private record Cpu(Optional<CpuUsage> usage) {}

  private record CpuUsage(Optional<BigDecimal> total) {}

  private record Memory(Optional<MemoryUsage> usage, Optional<Raw> raw) {}

  private record MemoryUsage(Optional<BigDecimal> usage, Optional<BigDecimal> limit) {}

  private record Raw(
      @Json.Name("total_inactive_file") Optional<BigDecimal> tree,
      @Json.Name("inactive_file") Optional<BigDecimal> group) {}

  private record Pids(Optional<BigDecimal> current) {}

  /** Memory that is not given back for the asking: what the kubelet evicts by. */
  public long workingSet() {
    return Math.max(0, memory - inactiveFile);
  }

  /**
   * Reads what the verb has written.
   *
   * @throws OciException INVALID when it is no such event, or has no figure of CPU time or memory
   */
  static RuntimeStats parse(byte[] output) {
    Event event = Json.parse(output, Event.class, BOUNDS);
    if (!event.type().equals("stats")) {
      throw invalid("an event of type " + event.type());
    }
    Optional<Memory> memory = event.data().flatMap(Data::memory);
    Optional<MemoryUsage> usage = memory.flatMap(Memory::usage);
    Optional<Raw> raw = memory.flatMap(Memory::raw);
    return new RuntimeStats(
        figure(
            event.data().flatMap(Data::cpu).flatMap(Cpu::usage).flatMap(CpuUsage::total),
            "CPU time"),
        figure(usage.flatMap(MemoryUsage::usage), "memory"),
        bounded(raw.flatMap(Raw::tree).or(() -> raw.flatMap(Raw::group))),
        limit(bounded(usage.flatMap(MemoryUsage::limit))),
        bounded(event.data().flatMap(Data::pids).flatMap(Pids::current)));
  }

  private static OptionalLong limit(long bytes) {
    return bytes == 0 || bytes > LEAST_NO_LIMIT ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  private static long figure(Optional<BigDecimal> told, String what) {
    if (told.isEmpty()) {
      throw invalid("no figure of " + what);
    }
    return bounded(told);
  }

  /** Kernels' counters are unsigned: what no long holds is as much as one does. */
  private static long bounded(Optional<BigDecimal> told) {
    BigDecimal figure = told.orElse(BigDecimal.ZERO);
    return figure.max(BigDecimal.ZERO).min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
  }

  private static OciException invalid(String what) {
    return new OciException(OciException.Kind.INVALID, "bad statistics: " + what, null);
  }
}
