package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.ContainerEviction;
import io.jcri.nri.v1alpha1.NriApi.CreateContainerResponse;
import io.jcri.nri.v1alpha1.NriApi.Field;
import io.jcri.nri.v1alpha1.NriApi.Hooks;
import io.jcri.nri.v1alpha1.NriApi.KeyValue;
import io.jcri.nri.v1alpha1.NriApi.Mount;
import java.util.ArrayList;
import java.util.List;

/**
 * What the plugins make of a container that is being created: each sees what those before it have
 * made, and none may set what another has set. Not thread-safe.
 */
final class Creation {
  private final NriApi.Container.Builder container;
  private final ContainerAdjustment.Builder adjust = ContainerAdjustment.newBuilder();
  private final AdjustmentOwners owners = new AdjustmentOwners();
  private final Updates updates;
  private final List<ContainerEviction> evictions = new ArrayList<>();

  /**
   * Begins.
   *
   * @param container as it would be without plugins
   */
  Creation(NriApi.Container container) {
    this.container = container.toBuilder();
    this.updates = new Updates(owners, container.getId());
  }

  /** The container as the next plugin is to see it. */
  NriApi.Container container() {
    return container.build();
  }

  /** All adjustments together. Removals are marked, and stand before what takes their place. */
  ContainerAdjustment adjustment() {
    return adjust.build();
  }

  AdjustmentOwners owners() {
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
    Claims claims = new Claims(owners, container.getId(), plugin);
    MapMerge.merge(
        claims,
        Field.Annotations,
        wanted.getAnnotationsMap(),
        new MapMerge.Target(container::putAnnotations, container::removeAnnotations),
        new MapMerge.Target(adjust::putAnnotations, adjust::removeAnnotations));
    mounts(claims, wanted);
    env(claims, wanted);
    args(claims, wanted);
    hooks(claims, wanted);
    if (wanted.hasLinux()) {
      new LinuxMerge(claims, container.getLinuxBuilder(), adjust.getLinuxBuilder())
          .merge(wanted.getLinux());
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

  private void mounts(Claims claims, ContainerAdjustment wanted) {
    ListMerge.Merged<Mount> merged =
        new ListMerge<Mount>(
                claims,
                Field.Mounts,
                Mount::getDestination,
                key -> Mount.newBuilder().setDestination(key).build())
            .merge(wanted.getMountsList(), container.getMountsList(), adjust.getMountsList());
    container.clearMounts().addAllMounts(merged.seen());
    adjust.clearMounts().addAllMounts(merged.collected());
  }

  private void env(Claims claims, ContainerAdjustment wanted) {
    ListMerge.Merged<KeyValue> merged =
        new ListMerge<KeyValue>(
                claims,
                Field.Env,
                KeyValue::getKey,
                key -> KeyValue.newBuilder().setKey(key).build())
            .merge(
                wanted.getEnvList(),
                container.getEnvList().stream().map(Creation::variable).toList(),
                adjust.getEnvList());
    container
        .clearEnv()
        .addAllEnv(merged.seen().stream().map(v -> v.getKey() + "=" + v.getValue()).toList());
    adjust.clearEnv().addAllEnv(merged.collected());
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

  private void args(Claims claims, ContainerAdjustment wanted) {
    if (wanted.getArgsCount() == 0) {
      return;
    }
    // An empty first argument says: never mind who has set them before.
    boolean reset = wanted.getArgs(0).isEmpty();
    if (reset) {
      claims.clear(Field.Args);
    }
    claims.claim(Field.Args);
    List<String> args = wanted.getArgsList().subList(reset ? 1 : 0, wanted.getArgsCount());
    container.clearArgs().addAllArgs(args);
    adjust.clearArgs().addAllArgs(args);
  }

  private void hooks(Claims claims, ContainerAdjustment wanted) {
    if (!wanted.getHooks().equals(Hooks.getDefaultInstance())) {
      claims.join(Field.OciHooks);
      container.getHooksBuilder().mergeFrom(wanted.getHooks());
      adjust.getHooksBuilder().mergeFrom(wanted.getHooks());
    }
  }
}
