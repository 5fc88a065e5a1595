package io.jcri.daemon.cri.message;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.HugepageLimit;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.oci.spec.LinuxResources;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code LinuxContainerResources}, both ways. */
public final class Resources {
  /** Where a container's own resources stand, for messages. */
  public static final String FIELD = "config.linux.resources.";

  private static final int MAX_OOM_SCORE_ADJ = 1000;

  /** The kernel's bounds of a CPU period, and of a quota downwards; microseconds. */
  private static final long MIN_CPU_TIME = 1_000;

  private static final long MAX_CPU_PERIOD = 1_000_000;
  private static final Pattern CPUSET = Pattern.compile("[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*");
  private static final Pattern PAGE_SIZE = Pattern.compile("[1-9][0-9]{0,5}(KB|MB|GB)");

  /** One file of a cgroup, never a path out of it. */
  private static final Pattern UNIFIED = Pattern.compile("[a-z][a-z0-9_]*(\\.[A-Za-z0-9_-]+)+");

  private Resources() {}

  /**
   * Reads limits.
   *
   * @param field where they stand, for messages; ends with a dot
   */
  public static LinuxResources read(LinuxContainerResources resources, String field) {
    long quota = resources.getCpuQuota();
    if (quota != 0 && quota != -1 && quota < MIN_CPU_TIME) {
      throw invalid(
          "%scpu_quota is %d but must be -1 or at least %d microseconds"
              .formatted(field, quota, MIN_CPU_TIME));
    }
    return read(resources, quota, field);
  }

  /**
   * Reads what a pod has beyond its overhead, which is told and given to no cgroup. It is the
   * kubelet's subtraction, and it subtracts from "no limit" too: whatever quota is negative is
   * none, and what remains may be less than a cgroup takes.
   */
  public static LinuxResources readRemainder(LinuxContainerResources resources, String field) {
    return read(resources, Math.max(-1, resources.getCpuQuota()), field);
  }

  private static LinuxResources read(LinuxContainerResources resources, long quota, String field) {
    long period = resources.getCpuPeriod();
    if (period != 0 && (period < MIN_CPU_TIME || period > MAX_CPU_PERIOD)) {
      throw invalid(
          "%scpu_period is %d but must be between %d and %d microseconds"
              .formatted(field, period, MIN_CPU_TIME, MAX_CPU_PERIOD));
    }
    if (resources.getCpuShares() < 0) {
      throw invalid(field + "cpu_shares must not be negative");
    }
    bytes(resources.getMemoryLimitInBytes(), field + "memory_limit_in_bytes");
    bytes(resources.getMemorySwapLimitInBytes(), field + "memory_swap_limit_in_bytes");
    return LinuxResources.builder()
        .cpuPeriod(period)
        .cpuQuota(quota)
        .cpuShares(resources.getCpuShares())
        .cpus(cpuset(resources.getCpusetCpus(), field + "cpuset_cpus"))
        .mems(cpuset(resources.getCpusetMems(), field + "cpuset_mems"))
        .memoryLimit(resources.getMemoryLimitInBytes())
        .memorySwap(resources.getMemorySwapLimitInBytes())
        .hugepages(hugepages(resources.getHugepageLimitsList(), field + "hugepage_limits"))
        .unified(unified(resources.getUnifiedMap(), field + "unified"))
        .build();
  }

  private static void bytes(long value, String field) {
    if (value < -1) {
      throw invalid(field + " is " + value + " but must be -1 or a number of bytes");
    }
  }

  private static String cpuset(String list, String field) {
    if (!list.isEmpty() && !CPUSET.matcher(list).matches()) {
      throw invalid(field + " is \"" + list + "\" but must be a list such as 0-3,8");
    }
    return list;
  }

  private static Map<String, String> unified(Map<String, String> files, String field) {
    for (String name : files.keySet()) {
      if (!UNIFIED.matcher(name).matches()) {
        throw invalid(field + ": \"" + name + "\" is no file of a cgroup");
      }
    }
    return files;
  }

  /**
   * Reads the OOM score.
   *
   * @param field where the resources stand, for messages; ends with a dot
   */
  public static int oomScoreAdj(LinuxContainerResources resources, String field) {
    long value = resources.getOomScoreAdj();
    if (value < -MAX_OOM_SCORE_ADJ || value > MAX_OOM_SCORE_ADJ) {
      throw invalid(field + "oom_score_adj is " + value + " but must be between -1000 and 1000");
    }
    return (int) value;
  }

  private static List<LinuxResources.HugepageLimit> hugepages(
      List<HugepageLimit> limits, String field) {
    for (HugepageLimit limit : limits) {
      if (!PAGE_SIZE.matcher(limit.getPageSize()).matches()) {
        throw invalid(
            field + ": \"" + limit.getPageSize() + "\" is no page size such as 2MB or 1GB");
      }
      if (limit.getLimit() < 0) { // uint64 on the wire
        throw invalid(
            "%s: %s bytes of %s are more than the kernel counts"
                .formatted(field, Long.toUnsignedString(limit.getLimit()), limit.getPageSize()));
      }
    }
    return limits.stream()
        .map(limit -> new LinuxResources.HugepageLimit(limit.getPageSize(), limit.getLimit()))
        .toList();
  }

  static LinuxContainerResources message(LinuxResources resources, int oomScoreAdj) {
    LinuxContainerResources.Builder message =
        LinuxContainerResources.newBuilder()
            .setCpuPeriod(resources.cpuPeriod().orElse(0L))
            .setCpuQuota(resources.cpuQuota().orElse(0L))
            .setCpuShares(resources.cpuShares().orElse(0L))
            .setCpusetCpus(resources.cpus().orElse(""))
            .setCpusetMems(resources.mems().orElse(""))
            .setMemoryLimitInBytes(resources.memoryLimit().orElse(0L))
            .setMemorySwapLimitInBytes(resources.memorySwap().orElse(0L))
            .setOomScoreAdj(oomScoreAdj)
            .putAllUnified(resources.unified());
    for (LinuxResources.HugepageLimit limit : resources.hugepages()) {
      message.addHugepageLimits(
          HugepageLimit.newBuilder().setPageSize(limit.pageSize()).setLimit(limit.limit()));
    }
    return message.build();
  }
}
