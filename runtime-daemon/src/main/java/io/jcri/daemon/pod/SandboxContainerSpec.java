package io.jcri.daemon.pod;

import io.jcri.daemon.runtime.PassedAnnotations;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DefaultMounts;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.Namespace.Kind;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What config.json says of a pod's sandbox container: the pod's namespaces, its name, and how large
 * it may be, which runtimes that make a machine for each pod take its size from. Annotations are
 * named as containerd names them, since that is what such runtimes look for.
 */
final class SandboxContainerSpec {
  private static final String CRI = "io.kubernetes.cri.";

  private SandboxContainerSpec() {}

  /**
   * The whole specification.
   *
   * @param pod one whose namespaces and files are made, without a user namespace
   * @param rootfs directory with the program {@code pause}
   * @param resolvConf the pod's
   */
  static ContainerSpec of(
      Pod pod, PassedAnnotations passed, Path rootfs, Path resolvConf, String cgroupsPath) {
    PodConfig config = pod.config();
    SandboxState sandbox = pod.sandbox().orElseThrow();
    return ContainerSpec.builder(
            ContainerProcess.of(List.of("/pause")).toBuilder().noNewPrivileges(true).build(),
            new ContainerSpec.Root(rootfs.toString(), true))
        .hostname(sandbox.utsns().map(_ -> HostName.of(pod)).filter(name -> !name.isEmpty()))
        .namespaces(namespaces(config, sandbox))
        .mounts(
            DefaultMounts.of(
                new DefaultMounts.Request(
                    false,
                    config.hostNetwork(),
                    config.namespaces().ipc() == NamespaceMode.NODE,
                    false,
                    true,
                    sandbox.shm(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(resolvConf))))
        .cgroupsPath(Optional.of(cgroupsPath))
        // Kata does not survive a sandbox container that has no resources at all.
        .resources(LinuxResources.NONE.toBuilder().devices(List.of(DeviceRule.DENY_ALL)).build())
        .annotations(annotations(pod, passed))
        .build();
  }

  private static List<Namespace> namespaces(PodConfig config, SandboxState sandbox) {
    List<Namespace> namespaces = new ArrayList<>();
    namespaces.add(Namespace.fresh(Kind.MOUNT));
    join(namespaces, Kind.NETWORK, sandbox.netns());
    join(namespaces, Kind.IPC, sandbox.ipcns());
    join(namespaces, Kind.UTS, sandbox.utsns());
    join(namespaces, Kind.PID, sandbox.pidns());
    if (sandbox.pidns().isEmpty() && config.namespaces().pid() != NamespaceMode.NODE) {
      namespaces.add(Namespace.fresh(Kind.PID));
    }
    return namespaces;
  }

  private static void join(List<Namespace> namespaces, Kind kind, Optional<Path> pinned) {
    pinned.ifPresent(path -> namespaces.add(Namespace.join(kind, path.toString())));
  }

  static Map<String, String> annotations(Pod pod, PassedAnnotations passed) {
    PodConfig config = pod.config();
    Map<String, String> annotations =
        new LinkedHashMap<>(passed.of(config.annotations(), Map.of()));
    // Last: no pattern lets a pod pass for another one.
    annotations.put(CRI + "container-type", "sandbox");
    annotations.put(CRI + "sandbox-id", pod.id());
    annotations.put(CRI + "sandbox-name", config.metadata().name());
    annotations.put(CRI + "sandbox-namespace", config.metadata().namespace());
    annotations.put(CRI + "sandbox-uid", config.metadata().uid());
    annotations.put(CRI + "sandbox-log-directory", config.logDirectory());
    LinuxResources total = config.resources().orElse(PodResources.NONE).total();
    size(annotations, "sandbox-cpu-period", total.cpuPeriod());
    size(annotations, "sandbox-cpu-quota", total.cpuQuota());
    size(annotations, "sandbox-cpu-shares", total.cpuShares());
    size(annotations, "sandbox-memory", total.memoryLimit());
    return annotations;
  }

  private static void size(Map<String, String> annotations, String name, Optional<Long> value) {
    annotations.put(CRI + name, Long.toString(value.orElse(0L)));
  }
}
