package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.NamespaceOptions;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.record.Registry;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.Namespace.Kind;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.cgroup.CgroupLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which namespaces a container joins, and which are made for it. */
public final class ContainerNamespaces {
  private final Registry<Container> containers;
  private final CgroupLayout cgroups;

  public ContainerNamespaces(Registry<Container> containers, CgroupLayout cgroups) {
    this.containers = containers;
    this.cgroups = cgroups;
  }

  List<Namespace> of(Pod pod, SecurityContext security) {
    SandboxState sandbox =
        pod.sandbox()
            .orElseThrow(
                () -> JcriException.precondition("pod sandbox " + pod.id() + " has no namespaces"));
    List<Namespace> namespaces = new ArrayList<>();
    namespaces.add(Namespace.fresh(Kind.MOUNT));
    join(namespaces, Kind.NETWORK, sandbox.netns());
    join(namespaces, Kind.IPC, sandbox.ipcns());
    join(namespaces, Kind.UTS, sandbox.utsns());
    join(namespaces, Kind.USER, sandbox.userns());
    pid(namespaces, pod, sandbox, security);
    if (cgroups == CgroupLayout.V2 && !security.privileged()) {
      namespaces.add(Namespace.fresh(Kind.CGROUP));
    }
    return namespaces;
  }

  private static void join(List<Namespace> namespaces, Kind kind, Optional<Path> pinned) {
    pinned.ifPresent(path -> namespaces.add(Namespace.join(kind, path.toString())));
  }

  private void pid(
      List<Namespace> namespaces, Pod pod, SandboxState sandbox, SecurityContext security) {
    switch (security.namespaces().pid()) {
      case NODE -> {}
      case CONTAINER -> namespaces.add(Namespace.fresh(Kind.PID));
      case POD -> {
        if (pod.config().namespaces().pid() == NamespaceMode.NODE) {
          return; // the pod's is the host's
        }
        sandbox
            .pidns()
            .ifPresentOrElse(
                path -> namespaces.add(Namespace.join(Kind.PID, path.toString())),
                () -> namespaces.add(Namespace.fresh(Kind.PID)));
      }
      case TARGET ->
          namespaces.add(
              Namespace.join(
                  Kind.PID, "/proc/" + target(pod, security.namespaces().targetId()) + "/ns/pid"));
    }
  }

  /** The target must be a running container of the same pod, whatever id the caller names. */
  private int target(Pod pod, String targetId) {
    Container target = containers.require(targetId);
    if (!target.podId().equals(pod.id())) {
      throw JcriException.invalid(
          "namespace_options.target_id %s is not a container of pod sandbox %s"
              .formatted(targetId, pod.id()));
    }
    requireRunning(target);
    return target.init().orElseThrow();
  }

  /**
   * To be called right before the start: what config.json says of a target is a process id, which
   * may be somebody else's by now.
   *
   * @throws JcriException FAILED_PRECONDITION when the target has ended
   */
  static void checkTarget(Registry<Container> containers, Container container) {
    NamespaceOptions namespaces = container.config().security().namespaces();
    if (namespaces.pid() == NamespaceMode.TARGET) {
      requireRunning(containers.require(namespaces.targetId()));
    }
  }

  private static void requireRunning(Container target) {
    if (!target.running()) {
      throw JcriException.precondition(
          "namespace_options.target_id %s is not running".formatted(target.id()));
    }
  }
}
