package io.jcri.daemon.cri;

import static io.jcri.daemon.JcriException.invalid;

import io.jcri.cri.v1.HugepageLimit;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.oci.runtime.LinuxResources;
import java.util.List;

/** {@code LinuxContainerResources}, both ways. */
final class Resources {
  private static final String FIELD = "config.linux.resources.";
  private static final int MAX_OOM_SCORE_ADJ = 1000;

  private Resources() {}

  static LinuxResources read(LinuxContainerResources resources) {
    if (resources.getCpuPeriod() < 0) {
      throw invalid(FIELD + "cpu_period must not be negative");
    }
    if (resources.getCpuShares() < 0) {
      throw invalid(FIELD + "cpu_shares must not be negative");
    }
    return LinuxResources.builder()
        .cpuPeriod(resources.getCpuPeriod())
        .cpuQuota(resources.getCpuQuota())
        .cpuShares(resources.getCpuShares())
        .cpus(resources.getCpusetCpus())
        .mems(resources.getCpusetMems())
        .memoryLimit(resources.getMemoryLimitInBytes())
        .memorySwap(resources.getMemorySwapLimitInBytes())
        .hugepages(hugepages(resources.getHugepageLimitsList()))
        .unified(resources.getUnifiedMap())
        .build();
  }

  static int oomScoreAdj(LinuxContainerResources resources) {
    long value = resources.getOomScoreAdj();
    if (value < -MAX_OOM_SCORE_ADJ || value > MAX_OOM_SCORE_ADJ) {
      throw invalid(FIELD + "oom_score_adj is " + value + " but must be between -1000 and 1000");
    }
    return (int) value;
  }

  private static List<LinuxResources.HugepageLimit> hugepages(List<HugepageLimit> limits) {
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
