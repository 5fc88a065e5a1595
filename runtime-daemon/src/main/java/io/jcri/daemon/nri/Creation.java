package io.jcri.daemon.nri;

import io.jcri.daemon.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.ContainerEviction;
import io.jcri.nri.v1alpha1.NriApi.CreateContainerResponse;
import io.jcri.nri.v1alpha1.NriApi.Field;
import io.jcri.nri.v1alpha1.NriApi.Hooks;
import io.jcri.nri.v1alpha1.NriApi.KeyValue;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainer;
import io.jcri.nri.v1alpha1.NriApi.LinuxContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.LinuxDevice;
import io.jcri.nri.v1alpha1.NriApi.LinuxNamespace;
import io.jcri.nri.v1alpha1.NriApi.LinuxNetDevice;
import io.jcri.nri.v1alpha1.NriApi.LinuxRdt;
import io.jcri.nri.v1alpha1.NriApi.Mount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What the plugins make of a container that is being created: each sees what those before it have
 * made, and none may set what another has set. Not thread-safe.
 */
final class Creation {
  private final String id;
  private final NriApi.Container.Builder container;
  private final ContainerAdjustment.Builder adjust = ContainerAdjustment.newBuilder();
  private final Owners owners = new Owners();
  private final Updates updates;
  private final List<ContainerEviction> evictions = new ArrayList<>();

  /**
   * Begins.
   *
   * @param container as it would be without plugins
   */
  Creation(NriApi.Container container) {
    this.id = container.getId();
    this.container = container.toBuilder();
    this.updates = new Updates(owners, id);
  }

  /** The container as the next plugin is to see it. */
  NriApi.Container container() {
    return container.build();
  }

  /** All adjustments together. Removals are marked, and stand before what takes their place. */
  ContainerAdjustment adjustment() {
    return adjust.build();
  }

  Owners owners() {
    return owners;
  }

  /** Updates of other containers. */
  List<NriApi.ContainerUpdate> updates() {
    return updates.ofOthers();
  }

  List<ContainerEviction> evictions() {
    return evictions;
  }

  /**
   * Takes what one plugin wants.
   *
   * @throws JcriException FAILED_PRECONDITION when another plugin has set the same
   */
  void take(CreateContainerResponse reply, String plugin) {
    ContainerAdjustment wanted = reply.getAdjust();
    Claims claims = new Claims(plugin);
    strings(
        claims,
        Field.Annotations,
        wanted.getAnnotationsMap(),
        container::putAnnotations,
        container::removeAnnotations,
        adjust::putAnnotations,
        adjust::removeAnnotations);
    adjust(claims, wanted);
    if (wanted.hasLinux()) {
      linux(claims, wanted.getLinux());
    }
    wanted
        .getRlimitsList()
        .forEach(limit -> {
          claims.claim(Field.Rlimits, limit.getType());
          container.addRlimits(limit);
          adjust.addRlimits(limit);
        });
    wanted
        .getCDIDevicesList()
        .forEach(device -> {
          claims.claim(Field.CdiDevices, device.getName());
          container.addCDIDevices(device);
          adjust.addCDIDevices(device);
        });
    updates.take(reply.getUpdateList(), plugin);
    evictions.addAll(reply.getEvictList());
  }

  /** Claims in the name of one plugin. */
  private final class Claims {
    private final String plugin;

    Claims(String plugin) {
      this.plugin = plugin;
    }

    void claim(Field field, String entry) {
      owners.claim(id, field, entry, plugin);
    }

    void clear(Field field, String entry) {
      owners.clear(id, field, entry, plugin);
    }
  }

  private void adjust(Claims claims, ContainerAdjustment wanted) {
    Merge<Mount> mounts =
        new Merge<>(
            Field.Mounts,
            Mount::getDestination,
            key -> Mount.newBuilder().setDestination(key).build());
    mounts.merge(claims, wanted.getMountsList(), container.getMountsList(), adjust.getMountsList());
    container.clearMounts().addAllMounts(mounts.seen);
    adjust.clearMounts().addAllMounts(mounts.collected);

    Merge<KeyValue> env =
        new Merge<>(Field.Env, KeyValue::getKey, key -> KeyValue.newBuilder().setKey(key).build());
    env.merge(
        claims,
        wanted.getEnvList(),
        container.getEnvList().stream().map(Creation::variable).toList(),
        adjust.getEnvList());
    container
        .clearEnv()
        .addAllEnv(env.seen.stream().map(v -> v.getKey() + "=" + v.getValue()).toList());
    adjust.clearEnv().addAllEnv(env.collected);

    if (wanted.getArgsCount() > 0) {
      // An empty first argument says: never mind who has set them before.
      boolean reset = wanted.getArgs(0).isEmpty();
      if (reset) {
        claims.clear(Field.Args, "");
      }
      claims.claim(Field.Args, "");
      List<String> args = wanted.getArgsList().subList(reset ? 1 : 0, wanted.getArgsCount());
      container.clearArgs().addAllArgs(args);
      adjust.clearArgs().addAllArgs(args);
    }
    if (!wanted.getHooks().equals(Hooks.getDefaultInstance())) {
      owners.join(id, Field.OciHooks, claims.plugin);
      container.getHooksBuilder().mergeFrom(wanted.getHooks());
      adjust.getHooksBuilder().mergeFrom(wanted.getHooks());
    }
  }

  private static KeyValue variable(String assignment) {
    int equals = assignment.indexOf('=');
    return equals < 0
        ? KeyValue.newBuilder().setKey(assignment).build()
        : KeyValue.newBuilder()
            .setKey(assignment.substring(0, equals))
            .setValue(assignment.substring(equals + 1))
            .build();
  }

  private void linux(Claims claims, LinuxContainerAdjustment wanted) {
    LinuxContainer.Builder seen = container.getLinuxBuilder();
    LinuxContainerAdjustment.Builder all = adjust.getLinuxBuilder();
    Merge<LinuxDevice> devices =
        new Merge<>(
            Field.Devices,
            LinuxDevice::getPath,
            key -> LinuxDevice.newBuilder().setPath(key).build());
    devices.merge(claims, wanted.getDevicesList(), seen.getDevicesList(), all.getDevicesList());
    seen.clearDevices().addAllDevices(devices.seen);
    all.clearDevices().addAllDevices(devices.collected);

    Merge<LinuxNamespace> namespaces =
        new Merge<>(
            Field.Namespace,
            LinuxNamespace::getType,
            key -> LinuxNamespace.newBuilder().setType(key).build());
    namespaces.merge(
        claims, wanted.getNamespacesList(), seen.getNamespacesList(), all.getNamespacesList());
    seen.clearNamespaces().addAllNamespaces(namespaces.seen);
    all.clearNamespaces().addAllNamespaces(namespaces.collected);

    strings(
        claims,
        Field.Sysctl,
        wanted.getSysctlMap(),
        seen::putSysctl,
        seen::removeSysctl,
        all::putSysctl,
        all::removeSysctl);
    Map<String, String> netDevices = new LinkedHashMap<>();
    wanted.getNetDevicesMap().forEach((host, device) -> netDevices.put(host, device.getName()));
    strings(
        claims,
        Field.LinuxNetDevices,
        netDevices,
        (host, name) -> seen.putNetDevices(host, netDevice(name)),
        seen::removeNetDevices,
        (host, name) -> all.putNetDevices(host, netDevice(name)),
        all::removeNetDevices);
    if (wanted.hasResources()) {
      new ResourceMerge(owners, id, claims.plugin).claim(wanted.getResources());
      ResourceMerge.overlay(seen.getResourcesBuilder(), wanted.getResources());
      ResourceMerge.overlay(all.getResourcesBuilder(), wanted.getResources());
    }
    single(
        claims,
        !wanted.getCgroupsPath().isEmpty(),
        Field.CgroupsPath,
        () -> {
          seen.setCgroupsPath(wanted.getCgroupsPath());
          all.setCgroupsPath(wanted.getCgroupsPath());
        });
    single(
        claims,
        wanted.hasOomScoreAdj(),
        Field.OomScoreAdj,
        () -> {
          seen.setOomScoreAdj(wanted.getOomScoreAdj());
          all.setOomScoreAdj(wanted.getOomScoreAdj());
        });
    single(
        claims,
        wanted.hasIoPriority(),
        Field.IoPriority,
        () -> {
          seen.setIoPriority(wanted.getIoPriority());
          all.setIoPriority(wanted.getIoPriority());
        });
    single(
        claims,
        wanted.hasSeccompPolicy(),
        Field.SeccompPolicy,
        () -> {
          seen.setSeccompPolicy(wanted.getSeccompPolicy());
          all.setSeccompPolicy(wanted.getSeccompPolicy());
        });
    single(
        claims,
        wanted.hasScheduler(),
        Field.LinuxSched,
        () -> {
          seen.setScheduler(wanted.getScheduler());
          all.setScheduler(wanted.getScheduler());
        });
    single(
        claims,
        wanted.hasMemoryPolicy(),
        Field.MemoryPolicy,
        () -> all.setMemoryPolicy(wanted.getMemoryPolicy()));
    if (wanted.hasRdt()) {
      rdt(claims, wanted.getRdt(), seen, all);
    }
  }

  private static LinuxNetDevice netDevice(String name) {
    return LinuxNetDevice.newBuilder().setName(name).build();
  }

  private static void single(Claims claims, boolean set, Field field, Runnable apply) {
    if (set) {
      claims.claim(field, "");
      apply.run();
    }
  }

  private static void rdt(
      Claims claims,
      LinuxRdt wanted,
      LinuxContainer.Builder seen,
      LinuxContainerAdjustment.Builder all) {
    if (wanted.getRemove()) {
      claims.clear(Field.RdtClosID, "");
      claims.clear(Field.RdtSchemata, "");
      claims.clear(Field.RdtEnableMonitoring, "");
      seen.clearRdt();
      all.setRdt(LinuxRdt.newBuilder().setRemove(true));
    }
    single(claims, wanted.hasClosId(), Field.RdtClosID, () -> {});
    single(claims, wanted.hasSchemata(), Field.RdtSchemata, () -> {});
    single(claims, wanted.hasEnableMonitoring(), Field.RdtEnableMonitoring, () -> {});
    LinuxRdt set = wanted.toBuilder().clearRemove().build();
    if (!set.equals(LinuxRdt.getDefaultInstance())) {
      ResourceMerge.set(seen.getRdtBuilder(), set);
      ResourceMerge.set(all.getRdtBuilder(), set);
    }
  }

  /** A map of which entries are set, or removed by a mark before the key. */
  private static void strings(
      Claims claims,
      Field field,
      Map<String, String> wanted,
      BiConsumer<String, String> see,
      Consumer<String> hide,
      BiConsumer<String, String> collect,
      Consumer<String> drop) {
    wanted.keySet().stream()
        .filter(Marks::removes)
        .map(Marks::key)
        .forEach(key -> {
          claims.clear(field, key);
          hide.accept(key);
          drop.accept(key);
          collect.accept(Marks.removal(key), "");
        });
    wanted.forEach((key, value) -> {
      if (!Marks.removes(key)) {
        claims.claim(field, key);
        see.accept(key, value);
        collect.accept(key, value);
      }
    });
  }

  /** The same for a list of things with a key each; one that is set again takes the old's place. */
  private static final class Merge<T> {
    private final Field field;
    private final Function<T, String> keyOf;
    private final Function<String, T> marked;
    List<T> seen = List.of();
    List<T> collected = List.of();

    Merge(Field field, Function<T, String> keyOf, Function<String, T> marked) {
      this.field = field;
      this.keyOf = keyOf;
      this.marked = marked;
    }

    void merge(Claims claims, List<T> wanted, List<T> before, List<T> collectedBefore) {
      Set<String> touched = new LinkedHashSet<>();
      List<T> added = new ArrayList<>();
      List<T> removals = new ArrayList<>();
      for (T one : wanted) {
        String key = keyOf.apply(one);
        touched.add(Marks.key(key));
        if (Marks.removes(key)) {
          claims.clear(field, Marks.key(key));
          removals.add(marked.apply(key));
        } else {
          added.add(one);
        }
      }
      added.forEach(one -> claims.claim(field, keyOf.apply(one)));
      seen =
          new ArrayList<>(before.stream().filter(b -> !touched.contains(keyOf.apply(b))).toList());
      seen.addAll(added);
      collected =
          new ArrayList<>(
              collectedBefore.stream().filter(c -> !touched.contains(keyOf.apply(c))).toList());
      collected.addAll(removals);
      collected.addAll(added);
    }
  }
}
