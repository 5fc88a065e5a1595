package io.jcri.daemon.nri;

import io.jcri.daemon.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.LinuxNamespace;
import io.jcri.nri.v1alpha1.NriApi.LinuxRdt;
import io.jcri.nri.v1alpha1.NriApi.LinuxSeccomp;
import io.jcri.oci.runtime.Namespace;
import io.jcri.oci.runtime.Placement;
import io.jcri.oci.runtime.Scheduling;
import io.jcri.oci.runtime.SeccompProfile;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Adjustments that name things of the kernel: namespaces, filters, policies, classes. */
final class KernelWords {
  private KernelWords() {}

  /** A namespace that is set takes the place of its kind's; one that is removed is the host's. */
  static List<Namespace> namespaces(List<Namespace> now, List<LinuxNamespace> wanted) {
    if (wanted.isEmpty()) {
      return now;
    }
    Map<Namespace.Kind, Namespace> all = new EnumMap<>(Namespace.Kind.class);
    now.forEach(namespace -> all.put(namespace.kind(), namespace));
    for (LinuxNamespace namespace : wanted) {
      Namespace.Kind kind = kind(Marks.key(namespace.getType()));
      if (Marks.removes(namespace.getType())) {
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
      if (kind.name().toLowerCase(Locale.ROOT).equals(type)) {
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
        policy.getSyscallsList().stream().map(KernelWords::rule).toList());
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

  static Placement placement(Placement now, LinuxContainerAdjustment wanted) {
    Map<String, String> netDevices = new TreeMap<>(now.netDevices());
    wanted
        .getNetDevicesMap()
        .forEach((host, device) -> {
          if (!Marks.removes(host)) {
            netDevices.put(host, device.getName());
          } else if (!wanted.containsNetDevices(Marks.key(host))) {
            netDevices.remove(Marks.key(host));
          }
        });
    return new Placement(
        rdt(now.rdt(), wanted),
        wanted.hasMemoryPolicy()
            ? Optional.of(
                new Placement.MemoryPolicy(
                    wanted.getMemoryPolicy().getMode().name(),
                    wanted.getMemoryPolicy().getNodes(),
                    wanted.getMemoryPolicy().getFlagsList().stream().map(Enum::name).toList()))
            : now.memoryPolicy(),
        netDevices);
  }

  /** A class by name is a class of service of that id; an empty name leaves the default class. */
  private static Optional<Placement.Rdt> rdt(
      Optional<Placement.Rdt> now, LinuxContainerAdjustment wanted) {
    Optional<Placement.Rdt> result = now;
    if (wanted.getResources().hasRdtClass()) {
      result =
          unlessEmpty(wanted.getResources().getRdtClass().getValue())
              .map(name -> new Placement.Rdt(Optional.of(name), List.of(), false));
    }
    if (!wanted.hasRdt()) {
      return result;
    }
    LinuxRdt rdt = wanted.getRdt();
    Placement.Rdt base =
        rdt.getRemove()
            ? new Placement.Rdt(Optional.empty(), List.of(), false)
            : result.orElse(new Placement.Rdt(Optional.empty(), List.of(), false));
    boolean nothing = !rdt.hasClosId() && !rdt.hasSchemata() && !rdt.hasEnableMonitoring();
    if (nothing) {
      return rdt.getRemove() ? Optional.empty() : result;
    }
    return Optional.of(
        new Placement.Rdt(
            rdt.hasClosId() ? unlessEmpty(rdt.getClosId().getValue()) : base.closId(),
            rdt.hasSchemata() ? rdt.getSchemata().getValueList() : base.schemata(),
            rdt.hasEnableMonitoring()
                ? rdt.getEnableMonitoring().getValue()
                : base.enableMonitoring()));
  }
}
