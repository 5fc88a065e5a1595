package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.file.VolumeLimits;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.DefaultMounts;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Plans what is mounted in a container: the file systems that every container has, the pod's shared
 * files, what its image declares, and what the kubelet asked for. What the runtime can't do is
 * refused here, never left out. Nothing of the node is looked at.
 *
 * <p>Thread-safe.
 */
final class MountPlanning {
  private final Layout layout;

  private final BooleanSupplier makesVolumes;
  private final BooleanSupplier timeZone;

  /**
   * For all containers.
   *
   * @param makesVolumes whether they get something for the volumes that their image declares
   * @param timeZone whether they get a time zone of the node's
   */
  MountPlanning(Layout layout, BooleanSupplier makesVolumes, BooleanSupplier timeZone) {
    this.timeZone = timeZone;
    this.layout = layout;
    this.makesVolumes = makesVolumes;
  }

  /**
   * Plans one container's mounts.
   *
   * @param declared the volumes that the image declares
   * @param label the container's SELinux label for files; empty where SELinux is off
   * @param features of the pod's handler, asked for only when something depends on them
   * @throws JcriException RRO_UNSUPPORTED, FAILED_PRECONDITION for what this node can't do
   */
  MountPlan plan(
      Pod pod,
      Container container,
      Set<String> declared,
      Optional<String> label,
      Supplier<RuntimeFeatures> features) {
    List<MountRequest> asked = new ArrayList<>();
    List<VolumeMount> wanted = container.config().mounts();
    if (!wanted.isEmpty()) {
      RuntimeFeatures able = features.get();
      for (VolumeMount mount : wanted) {
        check(mount, pod.config().handler(), able);
        asked.add(request(mount, asked.size(), label, able));
      }
    }
    List<ContainerMount> defaults = defaults(pod, container.config().security());
    return new MountPlan(defaults, asked, first(container, declared, defaults, label));
  }

  /** What the pod's own mounts may cover. */
  private List<MountRequest> first(
      Container container,
      Set<String> declared,
      List<ContainerMount> defaults,
      Optional<String> label) {
    List<MountRequest> first = new ArrayList<>();
    if (timeZone.getAsBoolean()
        && container.config().mounts().stream().noneMatch(MountPlanning::hidesZone)) {
      first.add(new MountRequest.TimeZone());
    }
    if (!declared.isEmpty() && makesVolumes.getAsBoolean()) {
      first.add(declared(container, declared, defaults, label));
    }
    return first;
  }

  /** A pod that mounts a zone itself has it, and a tree over /etc is as it is. */
  private static boolean hidesZone(VolumeMount mount) {
    return Path.of(TimeZones.PLACE).startsWith(Path.of("/", mount.containerPath()).normalize());
  }

  private static void check(VolumeMount mount, String handler, RuntimeFeatures features) {
    if (mount.recursiveReadOnly()
        && mount.image().isEmpty()
        && !BindMounts.recursiveReadOnly(features)) {
      throw new JcriException(
          Kind.RRO_UNSUPPORTED,
          "runtime handler %s and this kernel can't mount %s at %s recursively read-only"
              .formatted(handler, mount.hostPath(), mount.containerPath()));
    }
    for (String option : mount.options()) {
      if (!features.knowsMountOption(option)) {
        throw JcriException.precondition(
            "runtime handler %s does not know option %s of mount %s"
                .formatted(handler, option, mount.containerPath()));
      }
    }
  }

  private static MountRequest request(
      VolumeMount mount, int number, Optional<String> label, RuntimeFeatures features) {
    if (mount.image().isPresent()) {
      return new MountRequest.OfImage(
          number, mount.image().get(), mount.containerPath(), mount.options(), label);
    }
    BindMounts.Request bind =
        new BindMounts.Request(
            Path.of(mount.hostPath()),
            mount.containerPath(),
            mount.readOnly(),
            mount.recursiveReadOnly(),
            mount.propagation(),
            mount.uidMappings(),
            mount.gidMappings());
    BindMounts.check(bind, features);
    return new MountRequest.HostPath(
        bind, mount.options(), mount.relabel() ? label : Optional.empty());
  }

  private List<ContainerMount> defaults(Pod pod, SecurityContext security) {
    String id = pod.id();
    return DefaultMounts.of(
        new DefaultMounts.Request(
            security.privileged(),
            pod.config().hostNetwork(),
            pod.config().namespaces().ipc() == NamespaceMode.NODE,
            pod.config().namespaces().user().isPresent(),
            security.readOnlyRootfs(),
            pod.sandbox().flatMap(SandboxState::shm),
            Optional.of(layout.podHostname(id)),
            Optional.of(layout.podHosts(id)),
            Optional.of(layout.podResolvConf(id))));
  }

  private static MountRequest declared(
      Container container,
      Set<String> declared,
      List<ContainerMount> defaults,
      Optional<String> label) {
    if (declared.size() > VolumeLimits.MAX_VOLUMES) {
      throw JcriException.precondition(
          "image %s declares %d volumes but a container may have %d; images.volumes = \"ignore\" in the configuration does without them"
              .formatted(container.image().id(), declared.size(), VolumeLimits.MAX_VOLUMES));
    }
    VolumePlaces places =
        VolumePlaces.of(
            declared,
            defaults.stream().map(ContainerMount::destination).collect(Collectors.toSet()),
            container.config().mounts().stream().map(VolumeMount::containerPath).toList());
    return new MountRequest.Declared(places.made(), places.leftOut(), label);
  }
}
