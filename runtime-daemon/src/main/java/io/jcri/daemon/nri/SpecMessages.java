package io.jcri.daemon.nri;

import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainer;
import io.jcri.nri.v1alpha1.NriApi.OptionalBool;
import io.jcri.nri.v1alpha1.NriApi.OptionalInt64;
import io.jcri.nri.v1alpha1.NriApi.OptionalString;
import io.jcri.nri.v1alpha1.NriApi.OptionalUInt32;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.Hooks;
import io.jcri.oci.spec.IntelRdt;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.Scheduling;
import java.util.List;

/** What config.json says of a container, in NRI's words. */
final class SpecMessages {
  private SpecMessages() {}

  static void fill(NriApi.Container.Builder container, ContainerSpec spec) {
    process(container, spec.process());
    spec.mounts()
        .forEach(mount ->
            container.addMounts(
                NriApi.Mount.newBuilder()
                    .setDestination(mount.destination())
                    .setType(mount.type())
                    .setSource(mount.source())
                    .addAllOptions(mount.options())));
    if (!spec.hooks().isEmpty()) {
      container.setHooks(hooks(spec.hooks()));
    }
    container.putAllAnnotations(spec.annotations());
    linux(container.getLinuxBuilder(), spec);
  }

  private static void process(NriApi.Container.Builder container, ContainerProcess process) {
    container
        .addAllArgs(process.args())
        .addAllEnv(process.env())
        .setUser(
            NriApi.User.newBuilder()
                .setUid((int) process.user().uid())
                .setGid((int) process.user().gid())
                .addAllAdditionalGids(
                    process.user().additionalGids().stream().map(Long::intValue).toList()));
    process
        .rlimits()
        .forEach(limit ->
            container.addRlimits(
                NriApi.POSIXRlimit.newBuilder()
                    .setType(limit.type())
                    .setHard(limit.hard())
                    .setSoft(limit.soft())));
    LinuxContainer.Builder linux = container.getLinuxBuilder();
    process
        .oomScoreAdj()
        .ifPresent(score -> linux.setOomScoreAdj(NriApi.OptionalInt.newBuilder().setValue(score)));
    process.scheduling().ifPresent(scheduling -> scheduling(linux, scheduling));
  }

  private static void scheduling(LinuxContainer.Builder linux, Scheduling scheduling) {
    scheduling
        .cpu()
        .ifPresent(cpu ->
            linux.setScheduler(
                NriApi.LinuxScheduler.newBuilder()
                    .setPolicy(NriApi.LinuxSchedulerPolicy.valueOf(cpu.policy()))
                    .setNice(cpu.nice())
                    .setPriority(cpu.priority())
                    .addAllFlags(
                        cpu.flags().stream().map(NriApi.LinuxSchedulerFlag::valueOf).toList())
                    .setRuntime(cpu.runtime())
                    .setDeadline(cpu.deadline())
                    .setPeriod(cpu.period())));
    scheduling
        .io()
        .ifPresent(io ->
            linux.setIoPriority(
                NriApi.LinuxIOPriority.newBuilder()
                    .setClass_(NriApi.IOPrioClass.valueOf(io.type()))
                    .setPriority(io.priority())));
  }

  private static NriApi.Hooks hooks(Hooks hooks) {
    return NriApi.Hooks.newBuilder()
        .addAllPrestart(hooks(hooks.prestart()))
        .addAllCreateRuntime(hooks(hooks.createRuntime()))
        .addAllCreateContainer(hooks(hooks.createContainer()))
        .addAllStartContainer(hooks(hooks.startContainer()))
        .addAllPoststart(hooks(hooks.poststart()))
        .addAllPoststop(hooks(hooks.poststop()))
        .build();
  }

  private static List<NriApi.Hook> hooks(List<Hooks.Hook> hooks) {
    return hooks.stream()
        .map(hook -> {
          NriApi.Hook.Builder built =
              NriApi.Hook.newBuilder()
                  .setPath(hook.path())
                  .addAllArgs(hook.args())
                  .addAllEnv(hook.env());
          hook.timeoutSeconds()
              .ifPresent(
                  seconds -> built.setTimeout(NriApi.OptionalInt.newBuilder().setValue(seconds)));
          return built.build();
        })
        .toList();
  }

  private static void linux(LinuxContainer.Builder linux, ContainerSpec spec) {
    spec.namespaces()
        .forEach(namespace ->
            linux.addNamespaces(
                NriApi.LinuxNamespace.newBuilder()
                    .setType(namespace.kind().toString())
                    .setPath(namespace.path().orElse(""))));
    spec.devices().forEach(device -> linux.addDevices(device(device)));
    if (!spec.resources().equals(LinuxResources.NONE)) {
      linux.setResources(resources(spec.resources()));
    }
    linux.setCgroupsPath(spec.cgroupsPath().orElse(""));
    linux.putAllSysctl(spec.sysctls());
    spec.netDevices()
        .forEach((host, device) ->
            linux.putNetDevices(
                host, NriApi.LinuxNetDevice.newBuilder().setName(device.name()).build()));
    spec.intelRdt().ifPresent(rdt -> linux.setRdt(rdt(rdt)));
  }

  private static NriApi.LinuxRdt rdt(IntelRdt rdt) {
    NriApi.LinuxRdt.Builder built =
        NriApi.LinuxRdt.newBuilder()
            .setSchemata(NriApi.OptionalRepeatedString.newBuilder().addAllValue(rdt.schemata()))
            .setEnableMonitoring(OptionalBool.newBuilder().setValue(rdt.enableMonitoring()));
    if (!rdt.closId().isEmpty()) {
      built.setClosId(OptionalString.newBuilder().setValue(rdt.closId()));
    }
    return built.build();
  }

  private static NriApi.LinuxDevice device(DeviceNode device) {
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

  private static NriApi.LinuxResources resources(LinuxResources spec) {
    NriApi.LinuxResources.Builder resources = Limits.message(spec);
    spec.devices()
        .forEach(rule -> {
          NriApi.LinuxDeviceCgroup.Builder built =
              NriApi.LinuxDeviceCgroup.newBuilder()
                  .setAllow(rule.allow())
                  .setType(rule.type().isEmpty() ? "a" : rule.type())
                  .setAccess(rule.access());
          rule.major().ifPresent(v -> built.setMajor(OptionalInt64.newBuilder().setValue(v)));
          rule.minor().ifPresent(v -> built.setMinor(OptionalInt64.newBuilder().setValue(v)));
          resources.addDevices(built);
        });
    return resources.build();
  }
}
