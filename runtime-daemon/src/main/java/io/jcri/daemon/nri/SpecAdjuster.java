package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.KeyValue;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainerAdjustment;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.Hooks;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.Rlimit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Puts what plugins want into what a container is to be. Thread-safe. */
final class SpecAdjuster {
  private final CgroupSupport cgroups;

  SpecAdjuster(CgroupSupport cgroups) {
    this.cgroups = cgroups;
  }

  /**
   * The adjusted specification.
   *
   * @param cdi how CDI devices that plugins name get into it
   * @throws JcriException for what can't be done here
   */
  ContainerSpec adjust(
      ContainerSpec spec,
      ContainerAdjustment wanted,
      BiFunction<ContainerSpec, List<String>, ContainerSpec> cdi) {
    if (wanted.equals(ContainerAdjustment.getDefaultInstance())) {
      return spec;
    }
    List<String> names =
        wanted.getCDIDevicesList().stream().map(NriApi.CDIDevice::getName).toList();
    ContainerSpec base = names.isEmpty() ? spec : cdi.apply(spec, names);
    List<ContainerMount> mounts = mounts(base.mounts(), wanted.getMountsList());
    ContainerSpec.Builder adjusted =
        base.toBuilder()
            .process(process(base.process(), wanted))
            .annotations(merged(base.annotations(), wanted.getAnnotationsMap()))
            .mounts(mounts)
            .rootfsPropagation(
                wanted.getMountsCount() == 0
                    ? base.rootfsPropagation()
                    : BindMounts.rootfsPropagation(mounts))
            .hooks(hooks(base.hooks(), wanted.getHooks()));
    if (wanted.hasLinux()) {
      linux(adjusted, base, wanted.getLinux());
    }
    return adjusted.build();
  }

  private static ContainerProcess process(ContainerProcess process, ContainerAdjustment wanted) {
    ContainerProcess.Builder adjusted =
        process.toBuilder()
            .env(env(process.env(), wanted.getEnvList()))
            .rlimits(rlimits(process.rlimits(), wanted.getRlimitsList()));
    if (wanted.getArgsCount() > 0) {
      adjusted.args(wanted.getArgsList());
    }
    if (wanted.getLinux().hasOomScoreAdj()) {
      adjusted.oomScoreAdj((int) wanted.getLinux().getOomScoreAdj().getValue());
    }
    KernelAdjustments.scheduling(wanted.getLinux(), process.scheduling())
        .ifPresent(adjusted::scheduling);
    return adjusted.build();
  }

  /** A variable that is set anew stays where it was; new ones follow. */
  private static List<String> env(List<String> env, List<KeyValue> wanted) {
    Map<String, String> variables = new LinkedHashMap<>();
    env.forEach(assignment -> {
      int equals = assignment.indexOf('=');
      variables.put(equals < 0 ? assignment : assignment.substring(0, equals), assignment);
    });
    for (KeyValue variable : wanted) {
      if (!RemovalMarks.removes(variable.getKey())) {
        variables.put(variable.getKey(), variable.getKey() + "=" + variable.getValue());
      } else if (wanted.stream()
          .noneMatch(v -> v.getKey().equals(RemovalMarks.key(variable.getKey())))) {
        variables.remove(RemovalMarks.key(variable.getKey()));
      }
    }
    return List.copyOf(variables.values());
  }

  private static List<Rlimit> rlimits(List<Rlimit> limits, List<NriApi.POSIXRlimit> wanted) {
    Map<String, Rlimit> all = new LinkedHashMap<>();
    limits.forEach(limit -> all.put(limit.type(), limit));
    wanted.forEach(limit ->
        all.put(limit.getType(), new Rlimit(limit.getType(), limit.getHard(), limit.getSoft())));
    return List.copyOf(all.values());
  }

  private static Map<String, String> merged(Map<String, String> now, Map<String, String> wanted) {
    Map<String, String> merged = new TreeMap<>(now);
    wanted.keySet().stream()
        .filter(RemovalMarks::removes)
        .map(RemovalMarks::key)
        .forEach(merged::remove);
    wanted.forEach((key, value) -> {
      if (!RemovalMarks.removes(key)) {
        merged.put(key, value);
      }
    });
    return merged;
  }

  /** Parents before children: a mount would hide what was mounted below it before. */
  private static List<ContainerMount> mounts(
      List<ContainerMount> mounts, List<NriApi.Mount> wanted) {
    if (wanted.isEmpty()) {
      return mounts;
    }
    List<String> touched =
        wanted.stream().map(mount -> RemovalMarks.key(mount.getDestination())).toList();
    List<ContainerMount> all =
        new ArrayList<>(
            mounts.stream().filter(mount -> !touched.contains(mount.destination())).toList());
    wanted.stream()
        .filter(mount -> !RemovalMarks.removes(mount.getDestination()))
        .map(SpecAdjuster::mount)
        .forEach(all::add);
    all.sort(Comparator.comparingInt(mount -> depth(mount.destination())));
    return all;
  }

  private static int depth(String path) {
    return (int) Stream.of(path.split("/", -1)).filter(name -> !name.isEmpty()).count();
  }

  private static ContainerMount mount(NriApi.Mount mount) {
    if (!mount.getDestination().startsWith("/")) {
      throw JcriException.invalid(
          "an NRI plugin asked for a mount on \"%s\", which is no absolute path"
              .formatted(mount.getDestination()));
    }
    return new ContainerMount(
        mount.getDestination(),
        mount.getType(),
        mount.getSource(),
        mount.getOptionsList(),
        List.of(),
        List.of());
  }

  private static Hooks hooks(Hooks now, NriApi.Hooks wanted) {
    return new Hooks(
        hooks(now.prestart(), wanted.getPrestartList()),
        hooks(now.createRuntime(), wanted.getCreateRuntimeList()),
        hooks(now.createContainer(), wanted.getCreateContainerList()),
        hooks(now.startContainer(), wanted.getStartContainerList()),
        hooks(now.poststart(), wanted.getPoststartList()),
        hooks(now.poststop(), wanted.getPoststopList()));
  }

  private static List<Hooks.Hook> hooks(List<Hooks.Hook> now, List<NriApi.Hook> wanted) {
    List<Hooks.Hook> all = new ArrayList<>(now);
    wanted.forEach(hook ->
        all.add(
            new Hooks.Hook(
                hook.getPath(),
                hook.getArgsList(),
                hook.getEnvList(),
                hook.hasTimeout()
                    ? Optional.of((int) hook.getTimeout().getValue())
                    : Optional.empty())));
    return all;
  }

  private void linux(
      ContainerSpec.Builder adjusted, ContainerSpec base, LinuxContainerAdjustment wanted) {
    if (!wanted.getCgroupsPath().isEmpty()
        && !base.cgroupsPath().equals(Optional.of(wanted.getCgroupsPath()))) {
      throw JcriException.precondition(
          "an NRI plugin asked for the cgroup %s, but jcri measures and kills by the cgroup that the"
                  .formatted(wanted.getCgroupsPath())
              + " kubelet knows");
    }
    DeviceChange devices = DeviceChange.of(base.devices(), base.resources().devices(), wanted);
    LinuxResources limits =
        base.resources().updatedBy(limits(base.resources(), wanted.getResources())).toBuilder()
            .devices(devices.rules())
            .build();
    adjusted
        .devices(devices.nodes())
        .resources(wanted.hasResources() ? cgroups.fit(limits) : limits)
        .namespaces(KernelAdjustments.namespaces(base.namespaces(), wanted.getNamespacesList()))
        .sysctls(merged(base.sysctls(), wanted.getSysctlMap()))
        .intelRdt(KernelAdjustments.rdt(base.intelRdt(), wanted))
        .memoryPolicy(KernelAdjustments.memoryPolicy(base.memoryPolicy(), wanted))
        .netDevices(KernelAdjustments.netDevices(base.netDevices(), wanted));
    if (wanted.hasSeccompPolicy()) {
      adjusted.seccomp(Optional.of(KernelAdjustments.seccomp(wanted.getSeccompPolicy())));
    }
  }

  /** A memory limit without a swap limit allows no swap, as everywhere. */
  private static LinuxResources limits(LinuxResources base, NriApi.LinuxResources wanted) {
    LinuxResources asked = Limits.read(wanted, "plugin");
    boolean swapFollows = asked.memoryLimit().isPresent() && asked.memorySwap().isEmpty();
    return swapFollows && base.memorySwap().isPresent()
        ? asked.toBuilder().memorySwap(asked.memoryLimit().orElseThrow()).build()
        : asked;
  }
}
