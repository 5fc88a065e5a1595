package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.cgroup.CgroupStats.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the figures of a group, in either version's files. Each file costs about 10 µs. */
final class StatsReader {
  private static final long NANOS_PER_MICRO = 1_000;

  /** Version 1 counts user and system time in ticks of USER_HZ, which is 100 everywhere. */
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Version 1 says "no limit" as the greatest multiple of a page, of any page size. */
  private static final long V1_NO_LIMIT = Long.MAX_VALUE - 0xFFFF;

  private static final Set<String> V1_MEMORY =
      Set.of(
          "hierarchical_memory_limit",
          "hierarchical_memsw_limit",
          "total_cache",
          "total_inactive_file",
          "total_mapped_file",
          "total_pgfault",
          "total_pgmajfault",
          "total_rss",
          "total_swap");
  private static final Set<String> V2_MEMORY =
      Set.of("anon", "file", "file_mapped", "inactive_file", "pgfault", "pgmajfault");

  private static final Memory NO_MEMORY =
      new Memory(
          0, 0, 0, 0, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), 0, 0);

  private final CgroupFiles files;
  private final Controllers controllers;

  StatsReader(CgroupFiles files, Controllers controllers) {
    this.files = files;
    this.controllers = controllers;
  }

  /** Empty when the group is gone. */
  Optional<CgroupStats> stats(String path) throws IOException {
    OptionalLong cpu = cpu(path);
    return cpu.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CgroupStats(cpu.getAsLong(), memory(path), pids(path, "pids.current").orElse(0)));
  }

  private OptionalLong cpu(String path) throws IOException {
    Optional<Path> cpuacct = controllers.v1("cpuacct", path);
    if (cpuacct.isPresent()) {
      return files.number(cpuacct.get().resolve("cpuacct.usage"));
    }
    Optional<Path> unified = controllers.unified(path);
    if (unified.isEmpty()) {
      return OptionalLong.of(0);
    }
    // Version 2 counts time without any controller.
    Long micros = files.table(unified.get().resolve("cpu.stat")).get("usage_usec");
    return micros == null ? OptionalLong.empty() : OptionalLong.of(micros * NANOS_PER_MICRO);
  }

  private Memory memory(String path) throws IOException {
    Optional<Path> v1 = controllers.v1("memory", path);
    if (v1.isPresent()) {
      return memoryV1(v1.get());
    }
    Optional<Path> v2 = controllers.v2("memory", path);
    return v2.isPresent() ? memoryV2(v2.get()) : NO_MEMORY;
  }

  private Memory memoryV2(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("memory.stat"), V2_MEMORY);
    long usage = files.number(dir.resolve("memory.current")).orElse(0);
    return new Memory(
        usage,
        Math.max(0, usage - get(stat, "inactive_file")),
        get(stat, "anon"),
        get(stat, "file"),
        get(stat, "file_mapped"),
        limitV2(dir, "memory.max"),
        files.number(dir.resolve("memory.swap.current")),
        limitV2(dir, "memory.swap.max"),
        get(stat, "pgfault"),
        get(stat, "pgmajfault"));
  }

  /** The least is what holds. */
  private OptionalLong limitV2(Path dir, String file) throws IOException {
    OptionalLong least = OptionalLong.empty();
    for (Path group : controllers.nested(dir)) {
      OptionalLong limit = files.number(group.resolve(file));
      if (least.isEmpty() || (limit.isPresent() && limit.getAsLong() < least.getAsLong())) {
        least = limit;
      }
    }
    return least;
  }

  /** Nearly all is in one file here. */
  private Memory memoryV1(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("memory.stat"), V1_MEMORY);
    long usage = files.number(dir.resolve("memory.usage_in_bytes")).orElse(0);
    OptionalLong limit = limitV1(stat, "hierarchical_memory_limit");
    OptionalLong bothLimit = limitV1(stat, "hierarchical_memsw_limit");
    Long swap = stat.get("total_swap");
    return new Memory(
        usage,
        Math.max(0, usage - get(stat, "total_inactive_file")),
        get(stat, "total_rss"),
        get(stat, "total_cache"),
        get(stat, "total_mapped_file"),
        limit,
        swap == null ? OptionalLong.empty() : OptionalLong.of(swap),
        bothLimit.isPresent() && limit.isPresent()
            ? OptionalLong.of(Math.max(0, bothLimit.getAsLong() - limit.getAsLong()))
            : OptionalLong.empty(),
        get(stat, "total_pgfault"),
        get(stat, "total_pgmajfault"));
  }

  private static OptionalLong limitV1(Map<String, Long> stat, String key) {
    Long limit = stat.get(key);
    return limit == null || limit >= V1_NO_LIMIT ? OptionalLong.empty() : OptionalLong.of(limit);
  }

  /** Zeros when the group is gone. */
  CgroupDetails details(String path) throws IOException {
    OptionalLong processLimit = processLimit(path);
    long limitHits = memoryLimitHits(path);
    long oomKills = oomKills(path);
    Optional<Path> cpuacct = controllers.v1("cpuacct", path);
    if (cpuacct.isPresent()) {
      Map<String, Long> ticks = files.table(cpuacct.get().resolve("cpuacct.stat"));
      Map<String, Long> stat = table(controllers.v1("cpu", path), "cpu.stat");
      return new CgroupDetails(
          get(ticks, "user") * NANOS_PER_TICK,
          get(ticks, "system") * NANOS_PER_TICK,
          get(stat, "nr_periods"),
          get(stat, "nr_throttled"),
          get(stat, "throttled_time"),
          get(stat, "nr_bursts"),
          get(stat, "burst_time"),
          limitHits,
          oomKills,
          processLimit);
    }
    Map<String, Long> stat = table(controllers.unified(path), "cpu.stat");
    return new CgroupDetails(
        get(stat, "user_usec") * NANOS_PER_MICRO,
        get(stat, "system_usec") * NANOS_PER_MICRO,
        get(stat, "nr_periods"),
        get(stat, "nr_throttled"),
        get(stat, "throttled_usec") * NANOS_PER_MICRO,
        get(stat, "nr_bursts"),
        get(stat, "burst_usec") * NANOS_PER_MICRO,
        limitHits,
        oomKills,
        processLimit);
  }

  private long memoryLimitHits(String path) throws IOException {
    Optional<Path> v1 = controllers.v1("memory", path);
    return v1.isPresent()
        ? files.number(v1.get().resolve("memory.failcnt")).orElse(0)
        : get(table(controllers.v2("memory", path), "memory.events"), "max");
  }

  /** 0 when the group is gone. */
  long oomKills(String path) throws IOException {
    Optional<Path> v1 = controllers.v1("memory", path);
    return v1.isPresent()
        ? get(files.table(v1.get().resolve("memory.oom_control")), "oom_kill")
        : get(table(controllers.v2("memory", path), "memory.events"), "oom_kill");
  }

  private OptionalLong processLimit(String path) throws IOException {
    Optional<Path> v2 =
        controllers.v1("pids", path).isPresent() ? Optional.empty() : controllers.v2("pids", path);
    return v2.isPresent() ? limitV2(v2.get(), "pids.max") : pids(path, "pids.max");
  }

  private OptionalLong pids(String path, String file) throws IOException {
    Optional<Path> directory = controllers.directory("pids", path);
    return directory.isPresent()
        ? files.number(directory.get().resolve(file))
        : OptionalLong.empty();
  }

  private Map<String, Long> table(Optional<Path> directory, String file) throws IOException {
    return directory.isPresent() ? files.table(directory.get().resolve(file)) : Map.of();
  }

  private static long get(Map<String, Long> table, String key) {
    return table.getOrDefault(key, 0L);
  }
}
