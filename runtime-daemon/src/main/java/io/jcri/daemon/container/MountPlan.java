package io.jcri.daemon.container;

import io.jcri.daemon.JcriException;
import io.jcri.daemon.Layout;
import io.jcri.daemon.container.ContainerMount.Propagation;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.runtime.DefaultMounts;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
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
  private final Mounts mounts;

  public MountPlan(Layout layout, Mounts mounts) {
    this.layout = layout;
    this.mounts = mounts;
  }

  List<io.jcri.oci.runtime.ContainerMount> plan(Pod pod, ContainerConfig config)
      throws IOException {
    List<io.jcri.oci.runtime.ContainerMount> asked = new ArrayList<>();
    for (ContainerMount mount : config.mounts()) {
      asked.add(bind(mount));
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

  private io.jcri.oci.runtime.ContainerMount bind(ContainerMount mount) throws IOException {
    Path host = hostPath(mount);
    checkPropagation(mount, host);
    List<String> options = new ArrayList<>();
    options.add("rbind");
    options.add(
        switch (mount.propagation()) {
          case PRIVATE -> "rprivate";
          case HOST_TO_CONTAINER -> "rslave";
          case BIDIRECTIONAL -> "rshared";
        });
    if (mount.recursiveReadOnly()) {
      options.add("rro");
    } else {
      options.add(mount.readOnly() ? "ro" : "rw");
    }
    options.addAll(mount.options());
    return new io.jcri.oci.runtime.ContainerMount(
        mount.containerPath(),
        "bind",
        host.toString(),
        options,
        mount.uidMappings(),
        mount.gidMappings());
  }

  /** Links are followed here, once; a path that is missing becomes a directory, as ever. */
  private static Path hostPath(ContainerMount mount) throws IOException {
    Path path = Path.of(mount.hostPath());
    if (!Files.exists(path)) {
      try {
        Files.createDirectories(path);
      } catch (FileAlreadyExistsException e) {
        throw JcriException.invalid(
            "config.mounts: host_path " + path + " is a link to nothing or has a file on its way");
      }
    }
    return path.toRealPath();
  }

  /** The runtime would accept it, and nothing would ever be propagated. */
  private void checkPropagation(ContainerMount mount, Path host) throws IOException {
    if (mount.propagation() == Propagation.PRIVATE) {
      return;
    }
    io.jcri.sandbox.mount.Propagation of = mounts.propagationOf(host);
    boolean shared = of == io.jcri.sandbox.mount.Propagation.SHARED;
    boolean slave = of == io.jcri.sandbox.mount.Propagation.SLAVE;
    if (mount.propagation() == Propagation.BIDIRECTIONAL ? !shared : !shared && !slave) {
      throw JcriException.precondition(
          "config.mounts: host_path %s is on a %s mount, but %s propagation needs a shared%s one"
              .formatted(
                  host,
                  of.name().toLowerCase(java.util.Locale.ROOT),
                  mount.propagation(),
                  mount.propagation() == Propagation.BIDIRECTIONAL ? "" : " or slave"));
    }
  }

  /** The strongest that any of its mounts needs: below a private root nothing is propagated. */
  static Optional<String> rootPropagation(List<ContainerMount> mounts) {
    Optional<String> strongest = Optional.empty();
    for (ContainerMount mount : mounts) {
      switch (mount.propagation()) {
        case BIDIRECTIONAL -> {
          return Optional.of("rshared");
        }
        case HOST_TO_CONTAINER -> strongest = Optional.of("rslave");
        case PRIVATE -> {}
      }
    }
    return strongest;
  }
}
