package io.jcri.sandbox.cgroup;

/**
 * A group's rarer memory figures, for metrics; what the version or the kernel has not is 0.
 *
 * @param peak most bytes ever used
 * @param kernel bytes used by the kernel for the group
 * @param activeFile bytes of file pages used lately
 * @param inactiveFile bytes of file pages not used lately
 * @param dirty bytes of file pages to be written
 * @param writeback bytes of file pages being written
 * @param scanned pages looked at in order to free some
 * @param stolen pages freed
 * @param refaultedFile file pages that came back soon after they were freed
 * @param refaultedAnonymous anonymous pages that did
 * @param highEvents how often the throttling limit was met
 * @param maxEvents how often the hard limit was met
 * @param ownFaults page faults of the group alone
 * @param ownMajorFaults of them from disk
 * @param faults page faults with all groups below
 * @param majorFaults of them from disk
 */
public record MemoryDetails(
    long peak,
    long kernel,
    long activeFile,
    long inactiveFile,
    long dirty,
    long writeback,
    long scanned,
    long stolen,
    long refaultedFile,
    long refaultedAnonymous,
    long highEvents,
    long maxEvents,
    long ownFaults,
    long ownMajorFaults,
    long faults,
    long majorFaults) {}
