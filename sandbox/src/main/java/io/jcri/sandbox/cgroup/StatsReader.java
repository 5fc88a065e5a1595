package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.cgroup.CgroupStats.Cpu;
import io.jcri.sandbox.cgroup.CgroupStats.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the figures of one group, in either version's files. */
final class StatsReader {
  private static final long NANOS_PER_MICRO = 1_000;

  /** Version 1 counts user and system time in ticks of USER_HZ, which is 100 everywhere. */
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Version 1 says "no limit" as the greatest multiple of a page. */
  private static final long V1_NO_LIMIT = Long.MAX_VALUE - 0xFFFF;

  private final CgroupFiles files;

  StatsReader(CgroupFiles files) {
    this.files = files;
  }

  Cpu cpuV2(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("cpu.stat"));
    return new Cpu(
        get(stat, "usage_usec") * NANOS_PER_MICRO,
        get(stat, "user_usec") * NANOS_PER_MICRO,
        get(stat, "system_usec") * NANOS_PER_MICRO,
        get(stat, "nr_periods"),
        get(stat, "nr_throttled"),
        get(stat, "throttled_usec") * NANOS_PER_MICRO);
  }

  /** The two controllers may be mounted apart; {@code cpu} has the throttling. */
  Cpu cpuV1(Path cpuacct, Optional<Path> cpu) throws IOException {
    Map<String, Long> ticks = files.table(cpuacct.resolve("cpuacct.stat"));
    Map<String, Long> stat = cpu.isEmpty() ? Map.of() : files.table(cpu.get().resolve("cpu.stat"));
    return new Cpu(
        files.number(cpuacct.resolve("cpuacct.usage")).orElse(0),
        get(ticks, "user") * NANOS_PER_TICK,
        get(ticks, "system") * NANOS_PER_TICK,
        get(stat, "nr_periods"),
        get(stat, "nr_throttled"),
        get(stat, "throttled_time"));
  }

  Memory memoryV2(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("memory.stat"));
    Map<String, Long> events = files.table(dir.resolve("memory.events"));
    long usage = files.number(dir.resolve("memory.current")).orElse(0);
    return new Memory(
        usage,
        Math.max(0, usage - get(stat, "inactive_file")),
        get(stat, "anon"),
        get(stat, "file"),
        get(stat, "file_mapped"),
        files.number(dir.resolve("memory.max")),
        files.number(dir.resolve("memory.swap.current")),
        files.number(dir.resolve("memory.swap.max")),
        get(stat, "pgfault"),
        get(stat, "pgmajfault"),
        get(events, "max"),
        get(events, "oom_kill"));
  }

  Memory memoryV1(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("memory.stat"));
    long usage = files.number(dir.resolve("memory.usage_in_bytes")).orElse(0);
    OptionalLong limit = limitV1(dir.resolve("memory.limit_in_bytes"));
    // Absent unless the kernel counts swap.
    OptionalLong both = files.number(dir.resolve("memory.memsw.usage_in_bytes"));
    OptionalLong bothLimit = limitV1(dir.resolve("memory.memsw.limit_in_bytes"));
    return new Memory(
        usage,
        Math.max(0, usage - get(stat, "total_inactive_file")),
        get(stat, "total_rss"),
        get(stat, "total_cache"),
        get(stat, "total_mapped_file"),
        limit,
        both.isPresent() ? OptionalLong.of(Math.max(0, both.getAsLong() - usage)) : both,
        bothLimit.isPresent() && limit.isPresent()
            ? OptionalLong.of(Math.max(0, bothLimit.getAsLong() - limit.getAsLong()))
            : OptionalLong.empty(),
        get(stat, "total_pgfault"),
        get(stat, "total_pgmajfault"),
        files.number(dir.resolve("memory.failcnt")).orElse(0),
        oomKillsV1(dir));
  }

  long oomKillsV1(Path dir) throws IOException {
    return get(files.table(dir.resolve("memory.oom_control")), "oom_kill");
  }

  long oomKillsV2(Path dir) throws IOException {
    return get(files.table(dir.resolve("memory.events")), "oom_kill");
  }

  private OptionalLong limitV1(Path file) throws IOException {
    OptionalLong limit = files.number(file);
    return limit.isPresent() && limit.getAsLong() >= V1_NO_LIMIT ? OptionalLong.empty() : limit;
  }

  private static long get(Map<String, Long> table, String key) {
    return table.getOrDefault(key, 0L);
  }
}
