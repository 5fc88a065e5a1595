package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ContainerAttributes;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.CpuUsage;
import io.jcri.cri.v1.FilesystemIdentifier;
import io.jcri.cri.v1.FilesystemUsage;
import io.jcri.cri.v1.IoUsage;
import io.jcri.cri.v1.LinuxPodSandboxStats;
import io.jcri.cri.v1.MemoryUsage;
import io.jcri.cri.v1.NetworkInterfaceUsage;
import io.jcri.cri.v1.NetworkUsage;
import io.jcri.cri.v1.PodSandboxAttributes;
import io.jcri.cri.v1.ProcessUsage;
import io.jcri.cri.v1.PsiData;
import io.jcri.cri.v1.PsiStats;
import io.jcri.cri.v1.SwapUsage;
import io.jcri.cri.v1.UInt64Value;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.cri.message.PodMessages;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.stats.NetworkFigures;
import io.jcri.daemon.stats.Usage;
import io.jcri.oci.runtime.RuntimeStats;
import io.jcri.sandbox.cgroup.CgroupStats;
import io.jcri.sandbox.cgroup.Pressure;
import java.util.List;
import java.util.Optional;

/** Figures as CRI tells of them. */
final class StatsMessages {
  private static final String DEFAULT_INTERFACE = "eth0";

  private StatsMessages() {}

  /**
   * One container's figures.
   *
   * @param imageFs where writable layers lie
   */
  static io.jcri.cri.v1.ContainerStats container(Container container, Usage usage, String imageFs) {
    io.jcri.cri.v1.ContainerStats.Builder stats =
        io.jcri.cri.v1.ContainerStats.newBuilder()
            .setAttributes(
                ContainerAttributes.newBuilder()
                    .setId(container.id())
                    .setMetadata(
                        ContainerMetadata.newBuilder()
                            .setName(container.config().name())
                            .setAttempt(container.config().attempt()))
                    .putAllLabels(container.config().labels())
                    .putAllAnnotations(container.config().annotations()))
            .setWritableLayer(
                FilesystemUsage.newBuilder()
                    .setTimestamp(usage.at())
                    .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(imageFs))
                    .setUsedBytes(value(usage.writable().bytes()))
                    .setInodesUsed(value(usage.writable().inodes())));
    if (usage.cgroup().isPresent()) {
      CgroupStats cgroup = usage.cgroup().get();
      stats.setCpu(cpu(usage, cgroup.cpuNanos())).setMemory(memory(usage, cgroup));
      swap(usage, cgroup.memory()).ifPresent(stats::setSwap);
      io(usage).ifPresent(stats::setIo);
    } else if (usage.told().isPresent()) {
      RuntimeStats told = usage.told().get();
      stats.setCpu(cpu(usage, told.cpuNanos())).setMemory(memory(usage.at(), told));
    }
    return stats.build();
  }

  static io.jcri.cri.v1.PodSandboxStats pod(
      Pod pod,
      Usage usage,
      List<NetworkFigures> network,
      List<io.jcri.cri.v1.ContainerStats> containers) {
    LinuxPodSandboxStats.Builder linux =
        LinuxPodSandboxStats.newBuilder().addAllContainers(containers);
    if (usage.cgroup().isPresent()) {
      CgroupStats cgroup = usage.cgroup().get();
      linux
          .setCpu(cpu(usage, cgroup.cpuNanos()))
          .setMemory(memory(usage, cgroup))
          .setProcess(
              ProcessUsage.newBuilder()
                  .setTimestamp(usage.at())
                  .setProcessCount(value(cgroup.processes())));
      io(usage).ifPresent(linux::setIo);
    }
    if (!network.isEmpty()) {
      linux.setNetwork(network(usage.at(), network));
    }
    return io.jcri.cri.v1.PodSandboxStats.newBuilder()
        .setAttributes(
            PodSandboxAttributes.newBuilder()
                .setId(pod.id())
                .setMetadata(PodMessages.metadata(pod.config().metadata()))
                .putAllLabels(pod.config().labels())
                .putAllAnnotations(pod.config().annotations()))
        .setLinux(linux)
        .build();
  }

  private static CpuUsage cpu(Usage usage, long cpuNanos) {
    CpuUsage.Builder cpu =
        CpuUsage.newBuilder()
            .setTimestamp(usage.at())
            .setUsageCoreNanoSeconds(value(cpuNanos))
            .setUsageNanoCores(value(usage.nanoCores()));
    psi(usage, Pressure.Resource.CPU).ifPresent(cpu::setPsi);
    return cpu.build();
  }

  private static MemoryUsage memory(Usage usage, CgroupStats cgroup) {
    CgroupStats.Memory memory = cgroup.memory();
    MemoryUsage.Builder message =
        MemoryUsage.newBuilder()
            .setTimestamp(usage.at())
            .setWorkingSetBytes(value(memory.workingSet()))
            .setUsageBytes(value(memory.usage()))
            .setRssBytes(value(memory.rss()))
            .setPageFaults(value(memory.pageFaults()))
            .setMajorPageFaults(value(memory.majorPageFaults()));
    memory
        .limit()
        .ifPresent(
            limit -> message.setAvailableBytes(value(Math.max(0, limit - memory.workingSet()))));
    psi(usage, Pressure.Resource.MEMORY).ifPresent(message::setPsi);
    return message.build();
  }

  /** What no runtime tells is not there: a zero would be a figure. */
  private static MemoryUsage memory(long at, RuntimeStats told) {
    MemoryUsage.Builder message =
        MemoryUsage.newBuilder()
            .setTimestamp(at)
            .setWorkingSetBytes(value(told.workingSet()))
            .setUsageBytes(value(told.memory()));
    told.memoryLimit()
        .ifPresent(
            limit -> message.setAvailableBytes(value(Math.max(0, limit - told.workingSet()))));
    return message.build();
  }

  private static Optional<SwapUsage> swap(Usage usage, CgroupStats.Memory memory) {
    if (memory.swap().isEmpty()) {
      return Optional.empty();
    }
    SwapUsage.Builder swap =
        SwapUsage.newBuilder()
            .setTimestamp(usage.at())
            .setSwapUsageBytes(value(memory.swap().getAsLong()));
    memory
        .swapLimit()
        .ifPresent(limit ->
            swap.setSwapAvailableBytes(value(Math.max(0, limit - memory.swap().getAsLong()))));
    return Optional.of(swap.build());
  }

  private static Optional<IoUsage> io(Usage usage) {
    return psi(usage, Pressure.Resource.IO)
        .map(psi -> IoUsage.newBuilder().setTimestamp(usage.at()).setPsi(psi).build());
  }

  private static Optional<PsiStats> psi(Usage usage, Pressure.Resource resource) {
    return Optional.ofNullable(usage.pressure().get(resource))
        .map(pressure ->
            PsiStats.newBuilder()
                .setSome(stall(pressure.some()))
                .setFull(stall(pressure.full()))
                .build());
  }

  private static PsiData stall(Pressure.Stall stall) {
    return PsiData.newBuilder()
        .setTotal(stall.totalMicros())
        .setAvg10(stall.average10())
        .setAvg60(stall.average60())
        .setAvg300(stall.average300())
        .build();
  }

  /**
   * The default interface is in both places, as with containerd: the kubelet copies the list alone.
   */
  static NetworkUsage network(long at, List<NetworkFigures> interfaces) {
    NetworkUsage.Builder network = NetworkUsage.newBuilder().setTimestamp(at);
    for (NetworkFigures figures : interfaces) {
      NetworkInterfaceUsage usage =
          NetworkInterfaceUsage.newBuilder()
              .setName(figures.name())
              .setRxBytes(value(figures.received().bytes()))
              .setRxErrors(value(figures.received().errors()))
              .setTxBytes(value(figures.sent().bytes()))
              .setTxErrors(value(figures.sent().errors()))
              .build();
      network.addInterfaces(usage);
      if (figures.name().equals(DEFAULT_INTERFACE)) {
        network.setDefaultInterface(usage);
      }
    }
    if (!network.hasDefaultInterface() && network.getInterfacesCount() > 0) {
      network.setDefaultInterface(network.getInterfaces(0));
    }
    return network.build();
  }

  private static UInt64Value value(long value) {
    return UInt64Value.newBuilder().setValue(value).build();
  }
}
