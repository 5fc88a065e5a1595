package io.jcri.sandbox;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a pod's sandbox shall be (CRI {@code LinuxPodSandboxConfig}). A namespace that is not the
 * pod's own is the node's.
 *
 * @param id of the pod, for messages and the pause process's title
 * @param directory absolute and existing, this sandbox's alone; made and removed by the caller
 * @param net whether the pod has a network namespace, with its loopback up
 * @param ipc whether it has an ipc namespace
 * @param uts whether it has a uts namespace
 * @param pid whether its containers share a pid namespace, whose PID 1 the pause process is
 * @param user its user namespace, which then owns the others
 * @param hostname at most 64 bytes, set in the pod's own uts namespace; without one, or when empty,
 *     it is the node's
 * @param sysctls by name, in either spelling of sysctl(8); only those that one of the pod's own
 *     namespaces owns are let through, safe or unsafe
 * @param cgroupPath the cgroup of the pause process, as {@link io.jcri.sandbox.cgroup.Cgroups}
 *     understands it; made when it is not there
 * @param oomScoreAdj -1000 to 1000; clamped to what the daemon's rights allow
 * @param shmBytes size of the pod's /dev/shm, which exists only when {@code ipc}; 0 for none
 */
public record SandboxSpec(
    String id,
    Path directory,
    boolean net,
    boolean ipc,
    boolean uts,
    boolean pid,
    Optional<UserNamespace> user,
    String hostname,
    Map<String, String> sysctls,
    Optional<String> cgroupPath,
    int oomScoreAdj,
    long shmBytes) {
  /** Takes a copy of the sysctls. */
  public SandboxSpec {
    sysctls = Map.copyOf(sysctls);
  }
}
