package io.jcri.sandbox.cgroup;

import java.util.OptionalLong;

/**
 * A group's rarer figures, for metrics. Times are nanoseconds since the group was made; a
 * controller that the host lacks gives zeros.
 *
 * @param userNanos CPU time in user mode
 * @param systemNanos CPU time in the kernel
 * @param periods of CFS bandwidth control that passed
 * @param throttledPeriods of them throttled
 * @param throttledNanos time in which tasks were throttled
 * @param burstPeriods in which saved-up time was used
 * @param burstNanos of saved-up time used
 * @param memoryLimitHits how often the memory limit was met
 * @param oomKills processes killed for want of memory
 * @param processLimit tasks allowed, empty for no limit
 */
public record CgroupDetails(
    long userNanos,
    long systemNanos,
    long periods,
    long throttledPeriods,
    long throttledNanos,
    long burstPeriods,
    long burstNanos,
    long memoryLimitHits,
    long oomKills,
    OptionalLong processLimit) {}
