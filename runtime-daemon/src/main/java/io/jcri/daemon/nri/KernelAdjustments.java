package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.LinuxNamespace;
import io.jcri.nri.v1alpha1.NriApi.LinuxRdt;
import io.jcri.nri.v1alpha1.NriApi.LinuxSeccomp;
import io.jcri.oci.spec.ContainerSpec.NetDevice;
import io.jcri.oci.spec.IntelRdt;
import io.jcri.oci.spec.MemoryPolicy;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.Scheduling;
import io.jcri.oci.spec.SeccompProfile;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Adjustments that name things of the kernel: namespaces, filters, policies, classes. */
final class KernelAdjustments {
  private KernelAdjustments() {}

  /** A namespace that is set takes the place of its kind's; one that is removed is the host's. */
  static List<Namespace> namespaces(List<Namespace> now, List<LinuxNamespace> wanted) {
    if (wanted.isEmpty()) {
      return now;
    }
    Map<Namespace.Kind, Namespace> all = new EnumMap<>(Namespace.Kind.class);
    now.forEach(namespace -> all.put(namespace.kind(), namespace));
    for (LinuxNamespace namespace : wanted) {
      Namespace.Kind kind = kind(RemovalMarks.key(namespace.getType()));
      if (RemovalMarks.removes(namespace.getType())) {
        all.remove(kind);
      } else {
        all.put(
            kind,
            namespace.getPath().isEmpty()
                ? Namespace.fresh(kind)
                : Namespace.join(kind, namespace.getPath()));
      }
    }
    return List.copyOf(all.values());
  }

  private static Namespace.Kind kind(String type) {
    for (Namespace.Kind kind : Namespace.Kind.values()) {
      if (kind.toString().equals(type)) {
        return kind;
      }
    }
    throw JcriException.invalid(
        "an NRI plugin asked for a namespace of the unknown type \"" + type + "\"");
  }

  static SeccompProfile seccomp(LinuxSeccomp policy) {
    return new SeccompProfile(
        policy.getDefaultAction(),
        policy.hasDefaultErrno()
            ? Optional.of(policy.getDefaultErrno().getValue())
            : Optional.empty(),
        policy.getArchitecturesList(),
        policy.getFlagsList(),
        unlessEmpty(policy.getListenerPath()),
        unlessEmpty(policy.getListenerMetadata()),
        policy.getSyscallsList().stream().map(KernelAdjustments::rule).toList());
  }

  private static SeccompProfile.Rule rule(NriApi.LinuxSyscall rule) {
    return new SeccompProfile.Rule(
        rule.getNamesList(),
        rule.getAction(),
        rule.hasErrnoRet() ? Optional.of(rule.getErrnoRet().getValue()) : Optional.empty(),
        rule.getArgsList().stream()
            .map(arg ->
                new SeccompProfile.Argument(
                    arg.getIndex(),
                    unsigned(arg.getValue()),
                    unsigned(arg.getValueTwo()),
                    arg.getOp()))
            .toList());
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static Optional<String> unlessEmpty(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** Empty when plugins want nothing else than what there is. */
  static Optional<Scheduling> scheduling(
      LinuxContainerAdjustment wanted, Optional<Scheduling> now) {
    if (!wanted.hasScheduler() && !wanted.hasIoPriority()) {
      return now;
    }
    Scheduling base = now.orElse(Scheduling.NONE);
    return Optional.of(
        new Scheduling(
            wanted.hasScheduler() ? Optional.of(cpu(wanted.getScheduler())) : base.cpu(),
            wanted.hasIoPriority()
                ? Optional.of(
                    new Scheduling.Io(
                        wanted.getIoPriority().getClass_().name(),
                        wanted.getIoPriority().getPriority()))
                : base.io()));
  }

  private static Scheduling.Cpu cpu(NriApi.LinuxScheduler scheduler) {
    return new Scheduling.Cpu(
        scheduler.getPolicy().name(),
        scheduler.getNice(),
        scheduler.getPriority(),
        scheduler.getFlagsList().stream().map(Enum::name).toList(),
        scheduler.getRuntime(),
        scheduler.getDeadline(),
        scheduler.getPeriod());
  }

  static Map<String, NetDevice> netDevices(
      Map<String, NetDevice> now, LinuxContainerAdjustment wanted) {
    Map<String, NetDevice> netDevices = new TreeMap<>(now);
    wanted
        .getNetDevicesMap()
        .forEach((host, device) -> {
          if (!RemovalMarks.removes(host)) {
            netDevices.put(host, new NetDevice(device.getName()));
          } else if (!wanted.containsNetDevices(RemovalMarks.key(host))) {
            netDevices.remove(RemovalMarks.key(host));
          }
        });
    return netDevices;
  }

  static Optional<MemoryPolicy> memoryPolicy(
      Optional<MemoryPolicy> now, LinuxContainerAdjustment wanted) {
    return wanted.hasMemoryPolicy()
        ? Optional.of(
            new MemoryPolicy(
                wanted.getMemoryPolicy().getMode().name(),
                wanted.getMemoryPolicy().getNodes(),
                wanted.getMemoryPolicy().getFlagsList().stream().map(Enum::name).toList()))
        : now;
  }

  /** A class by name is a class of service of that id; an empty name leaves the default class. */
  static Optional<IntelRdt> rdt(Optional<IntelRdt> now, LinuxContainerAdjustment wanted) {
    Optional<IntelRdt> result = now;
    if (wanted.getResources().hasRdtClass()) {
      String name = wanted.getResources().getRdtClass().getValue();
      result =
          name.isEmpty()
              ? Optional.empty()
              : Optional.of(new IntelRdt(name, "", "", List.of(), false));
    }
    if (!wanted.hasRdt()) {
      return result;
    }
    LinuxRdt rdt = wanted.getRdt();
    if (rdt.getRemove()) {
      result = Optional.empty();
    }
    if (!rdt.hasClosId() && !rdt.hasSchemata() && !rdt.hasEnableMonitoring()) {
      return result;
    }
    IntelRdt base = result.orElse(IntelRdt.NONE);
    return Optional.of(
        new IntelRdt(
            rdt.hasClosId() ? rdt.getClosId().getValue() : base.closId(),
            base.l3CacheSchema(),
            base.memBwSchema(),
            rdt.hasSchemata() ? rdt.getSchemata().getValueList() : base.schemata(),
            rdt.hasEnableMonitoring()
                ? rdt.getEnableMonitoring().getValue()
                : base.enableMonitoring()));
  }
}
