package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.LinuxCPU;
import io.jcri.nri.v1alpha1.NriApi.LinuxMemory;
import io.jcri.oci.spec.LinuxResources;
import java.util.Optional;

/** Limits from NRI's words to the daemon's and back. */
final class Limits {
  private Limits() {}

  /**
   * The part of them that is set; device rules are not among them.
   *
   * @param plugin for messages
   * @throws JcriException FAILED_PRECONDITION for what this runtime can't do
   */
  static LinuxResources read(NriApi.LinuxResources asked, String plugin) {
    if (asked.hasBlockioClass() && !asked.getBlockioClass().getValue().isEmpty()) {
      throw JcriException.precondition(
          "NRI %s asked for block I/O class %s: no such class is defined on this node"
              .formatted(plugin, asked.getBlockioClass().getValue()));
    }
    LinuxResources.Builder limits = LinuxResources.builder();
    cpu(limits, asked.getCpu());
    memory(limits, asked.getMemory());
    limits.pidsLimit(asked.getPids().getLimit());
    limits.hugepages(
        asked.getHugepageLimitsList().stream()
            .map(page -> new LinuxResources.HugepageLimit(page.getPageSize(), page.getLimit()))
            .toList());
    return limits.unified(asked.getUnifiedMap()).build();
  }

  private static void cpu(LinuxResources.Builder limits, LinuxCPU cpu) {
    limits
        .cpuShares(cpu.getShares().getValue())
        .cpuQuota(cpu.getQuota().getValue())
        .cpuPeriod(cpu.getPeriod().getValue())
        .realtimeRuntime(present(cpu.hasRealtimeRuntime(), cpu.getRealtimeRuntime().getValue()))
        .realtimePeriod(present(cpu.hasRealtimePeriod(), cpu.getRealtimePeriod().getValue()))
        .cpus(cpu.getCpus())
        .mems(cpu.getMems());
  }

  private static void memory(LinuxResources.Builder limits, LinuxMemory memory) {
    limits
        .memoryLimit(memory.getLimit().getValue())
        .memoryReservation(present(memory.hasReservation(), memory.getReservation().getValue()))
        .memorySwap(memory.getSwap().getValue())
        .swappiness(present(memory.hasSwappiness(), memory.getSwappiness().getValue()))
        .disableOomKiller(
            present(memory.hasDisableOomKiller(), memory.getDisableOomKiller().getValue()));
  }

  private static <T> Optional<T> present(boolean set, T value) {
    return set ? Optional.of(value) : Optional.empty();
  }

  /** What is set, as plugins are told of it; without device rules. */
  static NriApi.LinuxResources.Builder message(LinuxResources limits) {
    NriApi.LinuxResources.Builder message = NriApi.LinuxResources.newBuilder();
    LinuxCPU.Builder cpu = message.getCpuBuilder();
    limits.cpuShares().ifPresent(v -> cpu.getSharesBuilder().setValue(v));
    limits.cpuQuota().ifPresent(v -> cpu.getQuotaBuilder().setValue(v));
    limits.cpuPeriod().ifPresent(v -> cpu.getPeriodBuilder().setValue(v));
    limits.realtimeRuntime().ifPresent(v -> cpu.getRealtimeRuntimeBuilder().setValue(v));
    limits.realtimePeriod().ifPresent(v -> cpu.getRealtimePeriodBuilder().setValue(v));
    limits.cpus().ifPresent(cpu::setCpus);
    limits.mems().ifPresent(cpu::setMems);
    LinuxMemory.Builder memory = message.getMemoryBuilder();
    limits.memoryLimit().ifPresent(v -> memory.getLimitBuilder().setValue(v));
    limits.memoryReservation().ifPresent(v -> memory.getReservationBuilder().setValue(v));
    limits.memorySwap().ifPresent(v -> memory.getSwapBuilder().setValue(v));
    limits.swappiness().ifPresent(v -> memory.getSwappinessBuilder().setValue(v));
    limits.disableOomKiller().ifPresent(v -> memory.getDisableOomKillerBuilder().setValue(v));
    limits.pidsLimit().ifPresent(v -> message.getPidsBuilder().setLimit(v));
    for (LinuxResources.HugepageLimit page : limits.hugepages()) {
      message.addHugepageLimits(
          NriApi.HugepageLimit.newBuilder().setPageSize(page.pageSize()).setLimit(page.limit()));
    }
    return message.putAllUnified(limits.unified());
  }
}
