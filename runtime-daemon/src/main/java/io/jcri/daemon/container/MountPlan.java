package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.DefaultMounts;
import io.jcri.sandbox.SandboxState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted in a container: the file systems that every container has, the pod's shared
 * files, what its image declares, and what the kubelet asked for. An asked-for mount beats a
 * default one at the same place. What the runtime can't do is refused here, never left out.
 */
public final class MountPlan {
  private final Layout layout;
  private final Handlers handlers;
  private final BindMounts binds;
  private final ImageVolumes images;
  private final DeclaredVolumes declared;
  private final Relabel relabel;

  public MountPlan(
      Layout layout,
      Handlers handlers,
      BindMounts binds,
      ImageVolumes images,
      DeclaredVolumes declared,
      Relabel relabel) {
    this.layout = layout;
    this.handlers = handlers;
    this.binds = binds;
    this.images = images;
    this.declared = declared;
    this.relabel = relabel;
  }

  /**
   * The mounts in the order in which they are to be made.
   *
   * @param declaredByImage the volumes that the image declares
   * @param label the container's SELinux label for files; empty where SELinux is off
   */
  List<ContainerMount> plan(
      Pod pod, Container container, Set<String> declaredByImage, Optional<String> label)
      throws IOException {
    ContainerConfig config = container.config();
    List<ContainerMount> asked = new ArrayList<>();
    if (!config.mounts().isEmpty()) {
      RuntimeFeatures features = handlers.require(pod.config().handler()).features();
      for (VolumeMount mount : config.mounts()) {
        check(mount, pod.config().handler(), features);
        // An image volume counts by its place, which makes its key the same after a restart.
        asked.add(
            mount.image().isPresent()
                ? images.mount(pod, container.id(), asked.size(), mount, label)
                : bind(mount, features, label));
      }
    }
    String id = pod.id();
    List<ContainerMount> defaults =
        DefaultMounts.of(
            new DefaultMounts.Request(
                config.security().privileged(),
                pod.config().hostNetwork(),
                pod.config().namespaces().ipc() == NamespaceMode.NODE,
                pod.config().namespaces().user().isPresent(),
                config.security().readOnlyRootfs(),
                pod.sandbox().flatMap(SandboxState::shm),
                Optional.of(layout.podHostname(id)),
                Optional.of(layout.podHosts(id)),
                Optional.of(layout.podResolvConf(id))));
    // First: where a link of the image leads both to one place, the pod's mount covers the volume.
    List<ContainerMount> all =
        new ArrayList<>(declared.make(pod, container, declaredByImage, defaults, label));
    all.addAll(asked);
    return DefaultMounts.compose(defaults, all);
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

  private ContainerMount bind(VolumeMount mount, RuntimeFeatures features, Optional<String> label)
      throws IOException {
    ContainerMount resolved =
        binds.resolve(
            new BindMounts.Request(
                Path.of(mount.hostPath()),
                mount.containerPath(),
                mount.readOnly(),
                mount.recursiveReadOnly(),
                mount.propagation(),
                mount.uidMappings(),
                mount.gidMappings()),
            features);
    if (mount.relabel() && label.isPresent()) {
      relabel.apply(Path.of(resolved.source()), label.get());
    }
    return resolved.plusOptions(mount.options());
  }
}
