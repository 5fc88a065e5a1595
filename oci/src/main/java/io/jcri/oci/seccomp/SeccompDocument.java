package io.jcri.oci.seccomp;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.runtime.KernelVersion;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.SeccompProfile;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A seccomp profile file: the runtime specification's {@code linux.seccomp}, and on top of it the
 * conditions that Docker's profiles have ({@code archMap}, {@code includes}, {@code excludes}).
 */
record SeccompDocument(
    String defaultAction,
    Optional<Integer> defaultErrnoRet,
    List<String> architectures,
    List<ArchMap> archMap,
    List<String> flags,
    Optional<String> listenerPath,
    Optional<String> listenerMetadata,
    List<Syscall> syscalls) {

  /** An architecture and those whose programs it also executes. */
  record ArchMap(String architecture, List<String> subArchitectures) {}

  /** A rule; {@code name} is an old way to write one of {@code names}. */
  record Syscall(
      Optional<String> name,
      List<String> names,
      String action,
      Optional<Integer> errnoRet,
      List<Arg> args,
      Optional<Condition> includes,
      Optional<Condition> excludes) {}

  /** A comparison of one argument. */
  record Arg(int index, BigInteger value, Optional<BigInteger> valueTwo, String op) {}

  /**
   * All that is set must hold for {@code includes}; any that is set is enough for {@code excludes}.
   *
   * @param caps in the container's bounding set
   * @param arches in Docker's names, any of them
   * @param minKernel {@code major.minor}
   */
  record Condition(List<String> caps, List<String> arches, Optional<String> minKernel) {}

  /**
   * What the conditions are decided by.
   *
   * @param seccompArch such as {@code SCMP_ARCH_X86_64}
   * @param arch the same in Docker's words: {@code amd64}
   * @param subArchitectures whether programs of the other architectures may run
   */
  record Target(
      String seccompArch,
      String arch,
      boolean subArchitectures,
      KernelVersion kernel,
      Set<Capability> capabilities) {}

  static SeccompDocument parse(byte[] json) {
    return Json.parse(json, SeccompDocument.class, 1 << 20);
  }

  /**
   * The profile for one architecture, kernel and set of capabilities.
   *
   * @throws OciException INVALID when the document contradicts itself
   */
  SeccompProfile resolve(Target target) {
    if (!architectures.isEmpty() && !archMap.isEmpty()) {
      throw invalid("architectures and archMap are both set");
    }
    action(defaultAction);
    List<SeccompProfile.Rule> rules = new ArrayList<>();
    for (Syscall syscall : syscalls) {
      if (applies(syscall, target)) {
        add(rules, rule(syscall));
      }
    }
    return new SeccompProfile(
        defaultAction,
        defaultErrnoRet,
        archMap.isEmpty() ? architectures : architecturesOf(target),
        flags,
        listenerPath,
        listenerMetadata,
        rules);
  }

  private List<String> architecturesOf(Target target) {
    List<String> result = new ArrayList<>();
    for (ArchMap map : archMap) {
      if (map.architecture().equals(target.seccompArch())) {
        result.add(map.architecture());
        if (target.subArchitectures()) {
          result.addAll(map.subArchitectures());
        }
      }
    }
    return result;
  }

  private static boolean applies(Syscall syscall, Target target) {
    boolean included = syscall.includes().map(c -> allHold(c, target)).orElse(true);
    boolean excluded = syscall.excludes().map(c -> anyHolds(c, target)).orElse(false);
    return included && !excluded;
  }

  private static boolean allHold(Condition condition, Target target) {
    return condition.caps().stream().allMatch(cap -> has(target, cap))
        && (condition.arches().isEmpty() || condition.arches().contains(target.arch()))
        && condition.minKernel().map(min -> atLeast(target, min)).orElse(true);
  }

  private static boolean anyHolds(Condition condition, Target target) {
    return condition.caps().stream().anyMatch(cap -> has(target, cap))
        || condition.arches().contains(target.arch())
        || condition.minKernel().map(min -> atLeast(target, min)).orElse(false);
  }

  private static boolean has(Target target, String capability) {
    return target.capabilities().contains(Capability.parse(capability));
  }

  private static boolean atLeast(Target target, String minimum) {
    return target.kernel().compareTo(KernelVersion.parse(minimum)) >= 0;
  }

  private static SeccompProfile.Rule rule(Syscall syscall) {
    if (syscall.name().isPresent() == !syscall.names().isEmpty()) {
      throw invalid("a rule needs either name or names");
    }
    List<SeccompProfile.Argument> args =
        syscall.args().stream()
            .map(arg ->
                new SeccompProfile.Argument(
                    arg.index(), arg.value(), arg.valueTwo().orElse(BigInteger.ZERO), arg.op()))
            .toList();
    return new SeccompProfile.Rule(
        syscall.name().map(List::of).orElse(syscall.names()),
        action(syscall.action()),
        syscall.errnoRet(),
        args);
  }

  /** The runtime knows which ones it has; this only tells an action from a slip. */
  private static String action(String action) {
    if (!action.startsWith("SCMP_ACT_")) {
      throw invalid("\"" + action + "\" is not an action");
    }
    return action;
  }

  /** Neighbours that differ in names only become one rule, which is less for runtimes to read. */
  private static void add(List<SeccompProfile.Rule> rules, SeccompProfile.Rule rule) {
    if (!rules.isEmpty()) {
      SeccompProfile.Rule last = rules.getLast();
      boolean same = last.action().equals(rule.action()) && last.errno().equals(rule.errno());
      if (same && last.args().isEmpty() && rule.args().isEmpty()) {
        List<String> names = new ArrayList<>(last.names());
        names.addAll(rule.names());
        rules.set(
            rules.size() - 1,
            new SeccompProfile.Rule(names, last.action(), last.errno(), List.of()));
        return;
      }
    }
    rules.add(rule);
  }

  private static OciException invalid(String why) {
    return new OciException(Kind.INVALID, why);
  }
}
