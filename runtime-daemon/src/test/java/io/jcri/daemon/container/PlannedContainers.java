package io.jcri.daemon.container;

import io.jcri.daemon.core.Samples;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.NamespaceOptions;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.oci.runtime.BindMounts.Propagation;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.sandbox.IdMapping;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pods and containers that are to be planned: plain ones but for what a test says. */
final class PlannedContainers {
  static final Path STATE = Path.of("/state");

  /** A runtime that knows everything. */
  static final RuntimeFeatures ABLE =
      new RuntimeFeatures(
          "1.0.0",
          "1.2.0",
          List.of(),
          List.of("rro", "noexec", "nosuid"),
          Optional.of(
              new RuntimeFeatures.Linux(
                  List.of("user"),
                  List.of(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(
                      new RuntimeFeatures.MountExtensions(
                          Optional.of(new RuntimeFeatures.Switch(true)))),
                  Optional.empty())),
          Map.of());

  private PlannedContainers() {}

  /** A pod with an own network, and ipc and pid namespaces of each container's. */
  static Pod pod() {
    return pod(NamespaceMode.POD, NamespaceMode.POD, Optional.empty());
  }

  static Pod pod(NamespaceMode network, NamespaceMode ipc, Optional<UserMappings> user) {
    NamespaceOptions namespaces =
        new NamespaceOptions(network, NamespaceMode.CONTAINER, ipc, "", user);
    Path directory = STATE.resolve("pods/p");
    return Samples.record(
        Pod.class,
        Map.of(
            "id",
            "p",
            "config",
            Samples.record(
                PodConfig.class,
                Map.of(
                    "handler", "runc",
                    "hostname", "web",
                    "cgroupParent", "/kubepods/pod1",
                    "namespaces", namespaces)),
            "sandbox",
            Optional.of(
                Samples.record(
                    SandboxState.class,
                    Map.of(
                        "directory",
                        directory,
                        "netns",
                        network == NamespaceMode.NODE
                            ? Optional.empty()
                            : Optional.of(directory.resolve("net")),
                        "userns",
                        user.map(_ -> directory.resolve("user")),
                        "shm",
                        ipc == NamespaceMode.NODE
                            ? Optional.empty()
                            : Optional.of(directory.resolve("shm")))))));
  }

  /** Every id of the container is one from 200000 of the node. */
  static UserMappings mapped() {
    List<IdMapping> ids = List.of(new IdMapping(0, 200_000, 65_536));
    return new UserMappings(ids, ids);
  }

  static SecurityContext security(Map<String, Object> said) {
    Map<String, Object> all = new HashMap<>(said);
    all.putIfAbsent(
        "namespaces",
        new NamespaceOptions(
            NamespaceMode.POD, NamespaceMode.CONTAINER, NamespaceMode.POD, "", Optional.empty()));
    return Samples.record(SecurityContext.class, all);
  }

  static Container container(SecurityContext security, VolumeMount... mounts) {
    return container(security, Map.of("mounts", List.of(mounts)));
  }

  static Container container(SecurityContext security, Map<String, Object> said) {
    Map<String, Object> all = new HashMap<>(said);
    all.put("security", security);
    all.putIfAbsent("name", "main");
    all.putIfAbsent("resources", LinuxResources.NONE);
    return Samples.container("c", "p", 1).withConfig(Samples.record(ContainerConfig.class, all));
  }

  /** A host path. */
  static VolumeMount host(String outside, String inside, Map<String, Object> said) {
    Map<String, Object> all = new HashMap<>(said);
    all.put("hostPath", outside);
    all.put("containerPath", inside);
    all.putIfAbsent("propagation", Propagation.PRIVATE);
    return Samples.record(VolumeMount.class, all);
  }

  /** An image volume. */
  static VolumeMount image(String reference, String inside) {
    return Samples.record(
        VolumeMount.class,
        Map.of(
            "hostPath",
            "",
            "containerPath",
            inside,
            "propagation",
            Propagation.PRIVATE,
            "readOnly",
            true,
            "image",
            Optional.of(new ImageVolume(reference, "", "", Optional.empty()))));
  }
}
