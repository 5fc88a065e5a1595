package io.jcri.daemon.cri.message;

import io.jcri.daemon.pod.Pod;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod as a config.json would tell of it. No OCI runtime makes pods here and there is no such
 * file, but tools look for a pod's network namespace in {@code .info.runtimeSpec.linux.namespaces},
 * as containerd and CRI-O have it.
 */
final class PodSpec {
  private PodSpec() {}

  /** Paths by the runtime specification's names; a namespace that is the node's is left out. */
  static Map<String, Path> namespaces(SandboxState sandbox) {
    Map<String, Path> paths = new LinkedHashMap<>();
    put(paths, "network", sandbox.netns());
    put(paths, "ipc", sandbox.ipcns());
    put(paths, "uts", sandbox.utsns());
    put(paths, "pid", sandbox.pidns());
    put(paths, "user", sandbox.userns());
    return paths;
  }

  private static void put(Map<String, Path> to, String name, Optional<Path> path) {
    path.ifPresent(there -> to.put(name, there));
  }

  static Map<String, Object> of(Pod pod, Map<String, Path> namespaces) {
    List<Map<String, String>> list = new ArrayList<>();
    namespaces.forEach((type, path) -> list.add(Map.of("type", type, "path", path.toString())));
    Map<String, Object> linux = new LinkedHashMap<>();
    linux.put("namespaces", list);
    pod.cgroupPath().ifPresent(path -> linux.put("cgroupsPath", path));
    if (!pod.config().sysctls().isEmpty()) {
      linux.put("sysctl", pod.config().sysctls());
    }
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("ociVersion", "1.0.2");
    spec.put("hostname", pod.config().hostname());
    spec.put(
        "annotations",
        Map.of(
            "io.kubernetes.cri.container-type", "sandbox",
            "io.kubernetes.cri.sandbox-id", pod.id(),
            "io.kubernetes.cri.sandbox-name", pod.config().metadata().name(),
            "io.kubernetes.cri.sandbox-namespace", pod.config().metadata().namespace(),
            "io.kubernetes.cri.sandbox-uid", pod.config().metadata().uid()));
    spec.put("linux", linux);
    return spec;
  }
}
