package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.cdi.CdiSpec.Edits;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.ContainerSpec.NetDevice;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.Hooks;
import io.jcri.oci.spec.IntelRdt;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.ProcessUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Does to a container what specification files say. */
final class CdiEdits {
  private final RuntimeFeatures features;

  CdiEdits(RuntimeFeatures features) {
    this.features = features;
  }

  /**
   * The container with all edits, in their order.
   *
   * @param names of the devices, for messages
   * @throws OciException FAILED_PRECONDITION
   */
  ContainerSpec apply(ContainerSpec spec, List<Edits> all, List<String> names) {
    Set<String> environment = new LinkedHashSet<>(spec.process().env());
    List<DeviceNode> nodes = new ArrayList<>(spec.devices());
    List<DeviceRule> rules = new ArrayList<>(spec.resources().devices());
    List<ContainerMount> mounts = new ArrayList<>(spec.mounts());
    Map<String, NetDevice> interfaces = new LinkedHashMap<>(spec.netDevices());
    Set<Long> gids = new LinkedHashSet<>(spec.process().user().additionalGids());
    Optional<IntelRdt> rdt = spec.intelRdt();
    Hooks hooks = spec.hooks();
    try {
      for (Edits edits : all) {
        edits.env().forEach(variable -> set(environment, variable));
        edits.deviceNodes().forEach(node -> device(node, spec.process().user(), nodes, rules));
        edits.mounts().forEach(mount -> mount(mount, userNamespace(spec), mounts));
        edits
            .netDevices()
            .forEach(
                device -> interfaces.put(device.hostInterfaceName(), new NetDevice(device.name())));
        edits.additionalGids().stream().filter(gid -> gid != 0).forEach(gids::add);
        for (CdiSpec.Hook hook : edits.hooks()) {
          hooks = with(hooks, hook);
        }
        rdt = edits.intelRdt().isPresent() ? edits.intelRdt().map(CdiEdits::rdt) : rdt;
      }
      if (!interfaces.isEmpty() && !features.netDevices()) {
        throw missing("the runtime can't move network interfaces into containers");
      }
    } catch (OciException e) {
      throw new OciException(
          e.kind(), "CDI devices " + names + " can't be injected: " + e.getMessage(), e);
    }
    mounts.sort(Comparator.comparingInt(mount -> Path.of(mount.destination()).getNameCount()));
    ContainerProcess process =
        spec.process().toBuilder()
            .env(List.copyOf(environment))
            .user(withGroups(spec.process().user(), gids))
            .build();
    return spec.toBuilder()
        .process(process)
        .devices(nodes)
        .resources(spec.resources().toBuilder().devices(rules).build())
        .mounts(mounts)
        .netDevices(interfaces)
        .intelRdt(rdt)
        .hooks(hooks)
        .build();
  }

  private static ProcessUser withGroups(ProcessUser user, Set<Long> gids) {
    return new ProcessUser(user.uid(), user.gid(), user.umask(), List.copyOf(gids));
  }

  private static void set(Set<String> environment, String variable) {
    String name = variable.substring(0, variable.indexOf('=') + 1);
    environment.removeIf(present -> present.startsWith(name));
    environment.add(variable);
  }

  private static boolean userNamespace(ContainerSpec spec) {
    return spec.namespaces().stream().anyMatch(ns -> ns.kind() == Namespace.Kind.USER);
  }

  /** A node replaces one of the same path; using it takes a rule of the device cgroup as well. */
  private static void device(
      CdiSpec.Node node, ProcessUser user, List<DeviceNode> nodes, List<DeviceRule> rules) {
    DeviceNode made = CdiNodes.resolve(node, user);
    nodes.removeIf(present -> present.path().equals(made.path()));
    nodes.add(made);
    boolean ruled = made.type().equals("b") || made.type().equals("c");
    if (ruled && !node.permissions().equals("none")) {
      rules.add(DeviceRule.allow(made, node.permissions().isEmpty() ? "rwm" : node.permissions()));
    }
  }

  private void mount(CdiSpec.Mount wanted, boolean userNamespace, List<ContainerMount> mounts) {
    List<String> options = new ArrayList<>(wanted.options());
    boolean bound = options.contains("bind") || options.contains("rbind");
    if (wanted.type().isEmpty() && !bound) {
      options.addFirst("rbind");
      bound = true;
    }
    bound = bound || wanted.type().equals("bind");
    if (bound) {
      exists(wanted.hostPath(), "mount source");
      boolean asked = options.contains("idmap") || options.contains("ridmap");
      String mapping = options.contains("rbind") ? "ridmap" : "idmap";
      if (userNamespace && !asked && features.idmappedMounts()) {
        options.add(mapping);
      }
    }
    String destination = Path.of(wanted.containerPath()).normalize().toString();
    mounts.removeIf(present -> present.destination().equals(destination));
    mounts.add(
        ContainerMount.of(
            destination,
            bound ? "bind" : wanted.type(),
            wanted.hostPath(),
            options.toArray(String[]::new)));
  }

  private static Hooks with(Hooks hooks, CdiSpec.Hook wanted) {
    Hooks.Hook hook = new Hooks.Hook(wanted.path(), wanted.args(), wanted.env(), wanted.timeout());
    if (!wanted.hookName().equals("startContainer")) {
      exists(wanted.path(), "program of hook " + wanted.hookName()); // that one is in the container
    }
    return hooks.plus(wanted.hookName(), hook);
  }

  private static IntelRdt rdt(CdiSpec.Rdt rdt) {
    return new IntelRdt(
        rdt.closId(),
        rdt.l3CacheSchema(),
        rdt.memBwSchema(),
        rdt.schemata(),
        rdt.enableMonitoring());
  }

  private static void exists(String path, String what) {
    if (!Files.exists(Path.of(path))) {
      throw missing(what + " " + path + " does not exist");
    }
  }

  private static OciException missing(String what) {
    return new OciException(Kind.FAILED_PRECONDITION, what);
  }
}
