package io.jcri.sandbox.cgroup;

import java.util.OptionalLong;

/**
 * A group's figures with all groups below it: what a node reads of every container every few
 * seconds, so only what takes few files. A controller that the host lacks gives zeros.
 *
 * @param cpuNanos CPU time used since the group was made, in nanoseconds
 * @param memory bytes used
 * @param processes tasks now
 */
public record CgroupStats(long cpuNanos, Memory memory, long processes) {
  /**
   * Memory, in bytes.
   *
   * @param usage charged in all, with page cache
   * @param workingSet usage without inactive file pages, what the kubelet evicts by
   * @param rss anonymous pages
   * @param cache file pages
   * @param mappedFile file pages that are mapped
   * @param limit allowed, empty for no limit; on version 1 also by the groups above
   * @param swap used, empty when the kernel does not count swap
   * @param swapLimit allowed, empty for no limit or when swap is not counted
   * @param pageFaults since the group was made
   * @param majorPageFaults of them from disk
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
      long majorPageFaults) {}
}
