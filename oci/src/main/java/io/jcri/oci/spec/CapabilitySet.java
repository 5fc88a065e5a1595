package io.jcri.oci.spec;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The five capability sets of a process, each in the order of the capabilities' numbers.
 *
 * <p>Inheritable holds only what is ambient: a file with inheritable capabilities in an image must
 * not raise a process that dropped to another user.
 */
public record CapabilitySet(
    List<Capability> bounding,
    List<Capability> effective,
    List<Capability> permitted,
    List<Capability> inheritable,
    List<Capability> ambient) {

  /** What a container has when nothing is asked for: the usual fourteen of container engines. */
  public static final Set<Capability> DEFAULTS =
      Set.of(
          Capability.CAP_CHOWN,
          Capability.CAP_DAC_OVERRIDE,
          Capability.CAP_FSETID,
          Capability.CAP_FOWNER,
          Capability.CAP_MKNOD,
          Capability.CAP_NET_RAW,
          Capability.CAP_SETGID,
          Capability.CAP_SETUID,
          Capability.CAP_SETFCAP,
          Capability.CAP_SETPCAP,
          Capability.CAP_NET_BIND_SERVICE,
          Capability.CAP_SYS_CHROOT,
          Capability.CAP_KILL,
          Capability.CAP_AUDIT_WRITE);

  public static final CapabilitySet NONE =
      new CapabilitySet(List.of(), List.of(), List.of(), List.of(), List.of());

  private static final String ALL = "ALL";

  /**
   * CRI's {@code Capability} message and {@code privileged}.
   *
   * @param add names, or {@code ALL}
   * @param drop names, or {@code ALL}; a name in both lists ends up dropped
   * @param addAmbient names; they are added to the other four sets as well
   */
  public record Request(
      List<String> add, List<String> drop, List<String> addAmbient, boolean privileged) {
    public static final Request DEFAULT = new Request(List.of(), List.of(), List.of(), false);

    public Request {
      add = List.copyOf(add);
      drop = List.copyOf(drop);
      addAmbient = List.copyOf(addAmbient);
    }
  }

  public CapabilitySet {
    bounding = List.copyOf(bounding);
    effective = List.copyOf(effective);
    permitted = List.copyOf(permitted);
    inheritable = List.copyOf(inheritable);
    ambient = List.copyOf(ambient);
  }

  /** As {@link #resolve(Request, Set, Set)}, with {@link #DEFAULTS}. */
  public static CapabilitySet resolve(Request request, Set<Capability> available) {
    return resolve(request, DEFAULTS, available);
  }

  /**
   * Applies a request to what a container has that asks for nothing. Both ALLs are applied before
   * any single name, so {@code drop ALL, add X} gives X alone, and {@code add ALL, drop X} all but
   * X. A privileged container has everything, whatever the lists say.
   *
   * @param defaults what that is
   * @param available {@link Capability#ofDaemon()}, or {@link Capability#ofKernel()} for a
   *     container in a user namespace
   * @throws OciException INVALID for an unknown name, FAILED_PRECONDITION for one that is asked for
   *     by name and is not available; the defaults and ALL are silently limited instead
   */
  public static CapabilitySet resolve(
      Request request, Set<Capability> defaults, Set<Capability> available) {
    if (request.privileged()) {
      return of(available, Set.of());
    }
    EnumSet<Capability> set = EnumSet.noneOf(Capability.class);
    if (hasAll(request.add())) {
      set.addAll(available);
    } else {
      set.addAll(defaults);
      set.retainAll(available);
    }
    if (hasAll(request.drop())) {
      set.clear();
    }
    for (String name : request.add()) {
      if (!ALL.equalsIgnoreCase(name)) {
        set.add(availableByName(name, available));
      }
    }
    for (String name : request.drop()) {
      if (!ALL.equalsIgnoreCase(name)) {
        set.remove(Capability.parse(name));
      }
    }
    EnumSet<Capability> ambient = EnumSet.noneOf(Capability.class);
    for (String name : request.addAmbient()) {
      ambient.add(availableByName(name, available));
    }
    set.addAll(ambient);
    return of(set, ambient);
  }

  private static CapabilitySet of(Set<Capability> all, Set<Capability> ambient) {
    List<Capability> most = all.stream().sorted().toList();
    List<Capability> least = ambient.stream().sorted().toList();
    return new CapabilitySet(most, most, most, least, least);
  }

  private static Capability availableByName(String name, Set<Capability> available) {
    Capability capability = Capability.parse(name);
    if (!available.contains(capability)) {
      throw new OciException(
          Kind.FAILED_PRECONDITION, "capability " + capability + " is not available on this node");
    }
    return capability;
  }

  private static boolean hasAll(List<String> names) {
    return names.stream().anyMatch(ALL::equalsIgnoreCase);
  }
}
