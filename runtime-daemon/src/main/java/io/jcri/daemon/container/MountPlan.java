package io.jcri.daemon.container;

import io.jcri.daemon.Layout;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.ContainerMount;
import io.jcri.oci.runtime.DefaultMounts;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted in a container: the file systems that every container has, the pod's shared
 * files, and what the kubelet asked for. An asked-for mount beats a default one at the same place.
 */
public final class MountPlan {
  private final Layout layout;
  private final Handlers handlers;
  private final BindMounts binds;

  public MountPlan(Layout layout, Handlers handlers, BindMounts binds) {
    this.layout = layout;
    this.handlers = handlers;
    this.binds = binds;
  }

  List<ContainerMount> plan(Pod pod, ContainerConfig config) {
    List<ContainerMount> asked = new ArrayList<>();
    if (!config.mounts().isEmpty()) {
      RuntimeFeatures features = handlers.require(pod.config().handler()).features();
      config.mounts().forEach(mount -> asked.add(bind(mount, features)));
    }
    String id = pod.id();
    return DefaultMounts.compose(
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
                Optional.of(layout.podResolvConf(id)))),
        asked);
  }

  private ContainerMount bind(VolumeMount mount, RuntimeFeatures features) {
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
    for (String option : mount.options()) {
      resolved = resolved.plusOption(option);
    }
    return resolved;
  }
}
