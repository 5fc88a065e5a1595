package io.jcri.daemon.nri;

import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.LinuxCPU;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainer;
import io.jcri.nri.v1alpha1.NriApi.LinuxMemory;
import io.jcri.nri.v1alpha1.NriApi.LinuxResources;
import io.jcri.nri.v1alpha1.NriApi.OptionalBool;
import io.jcri.nri.v1alpha1.NriApi.OptionalInt64;
import io.jcri.nri.v1alpha1.NriApi.OptionalString;
import io.jcri.nri.v1alpha1.NriApi.OptionalUInt32;
import io.jcri.nri.v1alpha1.NriApi.OptionalUInt64;
import java.util.List;

/** What config.json says of a container, in NRI's words. */
final class SpecMessages {
  private SpecMessages() {}

  static void fill(NriApi.Container.Builder container, SpecView spec) {
    spec.process().ifPresent(process -> process(container, process));
    spec.mounts()
        .forEach(mount ->
            container.addMounts(
                NriApi.Mount.newBuilder()
                    .setDestination(mount.destination())
                    .setType(mount.type().orElse(""))
                    .setSource(mount.source().orElse(""))
                    .addAllOptions(mount.options())));
    spec.hooks().ifPresent(hooks -> container.setHooks(hooks(hooks)));
    container.putAllAnnotations(spec.annotations());
    spec.linux().ifPresent(linux -> linux(container.getLinuxBuilder(), linux));
  }

  private static void process(NriApi.Container.Builder container, SpecView.InitProcess process) {
    container.addAllArgs(process.args()).addAllEnv(process.env());
    process
        .rlimits()
        .forEach(limit ->
            container.addRlimits(
                NriApi.POSIXRlimit.newBuilder()
                    .setType(limit.type())
                    .setHard(limit.hard().longValue()) // u64: the same bits
                    .setSoft(limit.soft().longValue())));
    LinuxContainer.Builder linux = container.getLinuxBuilder();
    process
        .oomScoreAdj()
        .ifPresent(score -> linux.setOomScoreAdj(NriApi.OptionalInt.newBuilder().setValue(score)));
    process
        .user()
        .ifPresent(user ->
            container.setUser(
                NriApi.User.newBuilder()
                    .setUid((int) user.uid())
                    .setGid((int) user.gid())
                    .addAllAdditionalGids(
                        user.additionalGids().stream().map(Long::intValue).toList())));
    process
        .scheduler()
        .ifPresent(s ->
            linux.setScheduler(
                NriApi.LinuxScheduler.newBuilder()
                    .setPolicy(NriApi.LinuxSchedulerPolicy.valueOf(s.policy()))
                    .setNice(s.nice())
                    .setPriority(s.priority())
                    .addAllFlags(
                        s.flags().stream().map(NriApi.LinuxSchedulerFlag::valueOf).toList())
                    .setRuntime(s.runtime())
                    .setDeadline(s.deadline())
                    .setPeriod(s.period())));
    process
        .ioPriority()
        .ifPresent(io ->
            linux.setIoPriority(
                NriApi.LinuxIOPriority.newBuilder()
                    .setClass_(NriApi.IOPrioClass.valueOf(io.type()))
                    .setPriority(io.priority())));
  }

  private static NriApi.Hooks hooks(SpecView.Hooks hooks) {
    return NriApi.Hooks.newBuilder()
        .addAllPrestart(hooks(hooks.prestart()))
        .addAllCreateRuntime(hooks(hooks.createRuntime()))
        .addAllCreateContainer(hooks(hooks.createContainer()))
        .addAllStartContainer(hooks(hooks.startContainer()))
        .addAllPoststart(hooks(hooks.poststart()))
        .addAllPoststop(hooks(hooks.poststop()))
        .build();
  }

  private static List<NriApi.Hook> hooks(List<SpecView.Hook> hooks) {
    return hooks.stream()
        .map(hook -> {
          NriApi.Hook.Builder built =
              NriApi.Hook.newBuilder()
                  .setPath(hook.path())
                  .addAllArgs(hook.args())
                  .addAllEnv(hook.env());
          hook.timeout()
              .ifPresent(
                  seconds -> built.setTimeout(NriApi.OptionalInt.newBuilder().setValue(seconds)));
          return built.build();
        })
        .toList();
  }

  private static void linux(LinuxContainer.Builder linux, SpecView.Linux spec) {
    spec.namespaces()
        .forEach(namespace ->
            linux.addNamespaces(
                NriApi.LinuxNamespace.newBuilder()
                    .setType(namespace.type())
                    .setPath(namespace.path().orElse(""))));
    spec.devices().forEach(device -> linux.addDevices(device(device)));
    spec.resources().ifPresent(resources -> linux.setResources(resources(resources)));
    linux.setCgroupsPath(spec.cgroupsPath().orElse(""));
    linux.putAllSysctl(spec.sysctl());
    spec.netDevices()
        .forEach((host, device) ->
            linux.putNetDevices(
                host,
                NriApi.LinuxNetDevice.newBuilder().setName(device.name().orElse("")).build()));
    spec.intelRdt()
        .ifPresent(rdt -> {
          NriApi.LinuxRdt.Builder built =
              NriApi.LinuxRdt.newBuilder()
                  .setSchemata(
                      NriApi.OptionalRepeatedString.newBuilder().addAllValue(rdt.schemata()))
                  .setEnableMonitoring(OptionalBool.newBuilder().setValue(rdt.enableMonitoring()));
          rdt.closId().ifPresent(id -> built.setClosId(OptionalString.newBuilder().setValue(id)));
          linux.setRdt(built);
        });
  }

  private static NriApi.LinuxDevice device(SpecView.Device device) {
    NriApi.LinuxDevice.Builder built =
        NriApi.LinuxDevice.newBuilder()
            .setPath(device.path())
            .setType(device.type())
            .setMajor(device.major())
            .setMinor(device.minor());
    device
        .fileMode()
        .ifPresent(mode -> built.setFileMode(NriApi.OptionalFileMode.newBuilder().setValue(mode)));
    device
        .uid()
        .ifPresent(uid -> built.setUid(OptionalUInt32.newBuilder().setValue(uid.intValue())));
    device
        .gid()
        .ifPresent(gid -> built.setGid(OptionalUInt32.newBuilder().setValue(gid.intValue())));
    return built.build();
  }

  private static LinuxResources resources(SpecView.Resources spec) {
    LinuxResources.Builder resources = LinuxResources.newBuilder();
    LinuxMemory.Builder memory = resources.getMemoryBuilder();
    spec.memory()
        .ifPresent(m -> {
          m.limit().ifPresent(v -> memory.setLimit(signed(v)));
          m.reservation().ifPresent(v -> memory.setReservation(signed(v)));
          m.swap().ifPresent(v -> memory.setSwap(signed(v)));
          m.swappiness().ifPresent(v -> memory.setSwappiness(unsigned(v)));
          m.disableOomKiller()
              .ifPresent(v -> memory.setDisableOomKiller(OptionalBool.newBuilder().setValue(v)));
        });
    LinuxCPU.Builder cpu = resources.getCpuBuilder();
    spec.cpu()
        .ifPresent(c -> {
          c.shares().ifPresent(v -> cpu.setShares(unsigned(v)));
          c.quota().ifPresent(v -> cpu.setQuota(signed(v)));
          c.period().ifPresent(v -> cpu.setPeriod(unsigned(v)));
          c.realtimeRuntime().ifPresent(v -> cpu.setRealtimeRuntime(signed(v)));
          c.realtimePeriod().ifPresent(v -> cpu.setRealtimePeriod(unsigned(v)));
          c.cpus().ifPresent(cpu::setCpus);
          c.mems().ifPresent(cpu::setMems);
        });
    spec.pids()
        .flatMap(SpecView.Pids::limit)
        .ifPresent(limit -> resources.setPids(NriApi.LinuxPids.newBuilder().setLimit(limit)));
    spec.hugepageLimits()
        .forEach(page ->
            resources.addHugepageLimits(
                NriApi.HugepageLimit.newBuilder()
                    .setPageSize(page.pageSize())
                    .setLimit(page.limit())));
    resources.putAllUnified(spec.unified());
    spec.devices()
        .forEach(rule -> {
          NriApi.LinuxDeviceCgroup.Builder built =
              NriApi.LinuxDeviceCgroup.newBuilder()
                  .setAllow(rule.allow())
                  .setType(rule.type().orElse("a"))
                  .setAccess(rule.access().orElse(""));
          rule.major().ifPresent(v -> built.setMajor(signed(v)));
          rule.minor().ifPresent(v -> built.setMinor(signed(v)));
          resources.addDevices(built);
        });
    return resources.build();
  }

  private static OptionalInt64.Builder signed(long value) {
    return OptionalInt64.newBuilder().setValue(value);
  }

  private static OptionalUInt64.Builder unsigned(long value) {
    return OptionalUInt64.newBuilder().setValue(value);
  }
}
