package io.jcri.sandbox.cgroup;

import java.util.OptionalLong;

/**
 * A group's figures with all groups below it. A controller that the host lacks gives zeros.
 *
 * @param cpu time used
 * @param memory bytes used
 * @param processes tasks now
 * @param processLimit tasks allowed, empty for no limit
 */
public record CgroupStats(Cpu cpu, Memory memory, long processes, OptionalLong processLimit) {
  /**
   * CPU time since the group was made, in nanoseconds.
   *
   * @param usage in all
   * @param user of it in user mode
   * @param system of it in the kernel
   * @param periods of CFS bandwidth control that passed
   * @param throttledPeriods of them throttled
   * @param throttledTime time in which tasks were throttled
   */
  public record Cpu(
      long usage,
      long user,
      long system,
      long periods,
      long throttledPeriods,
      long throttledTime) {}

  /**
   * Memory, in bytes.
   *
   * @param usage charged in all, with page cache
   * @param workingSet usage without inactive file pages, what the kubelet evicts by
   * @param rss anonymous pages
   * @param cache file pages
   * @param mappedFile file pages that are mapped
   * @param limit allowed, empty for no limit
   * @param swap used, empty when swap is not counted
   * @param swapLimit allowed, empty for no limit or when swap is not counted
   * @param pageFaults since the group was made
   * @param majorPageFaults of them from disk
   * @param limitHits how often the limit was met
   * @param oomKills processes killed for want of memory
   */
  public record Memory(
      long usage,
      long workingSet,
      long rss,
      long cache,
      long mappedFile,
      OptionalLong limit,
      OptionalLong swap,
      OptionalLong swapLimit,
      long pageFaults,
      long majorPageFaults,
      long limitHits,
      long oomKills) {}
}
