package io.jcri.daemon.pod;

import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.sandbox.SandboxState;
import java.util.List;
import java.util.Optional;

/**
 * One pod sandbox as the daemon knows it: an immutable snapshot, swapped atomically by {@link
 * Pods}, and the content of the pod's record.
 *
 * @param id 64 hex digits
 * @param createdAt nanoseconds since the epoch, never 0
 * @param phase how far it has come
 * @param sandbox the namespaces and the pause process, once they were made
 * @param networkDue whether CNI ADD may have happened and DEL has not yet succeeded; written before
 *     ADD is called, so that an address is never forgotten
 * @param ips the pod's addresses, the primary one first; empty with the host's network
 * @param cgroupPath the cgroup made for the sandbox, removed with it
 * @param labels what SELinux knows the pod's processes and files by, on a node that has it
 * @param bootId the boot during which the sandbox was made: after another boot nothing of it is
 *     left in the kernel
 */
public record Pod(
    String id,
    PodConfig config,
    long createdAt,
    PodPhase phase,
    Optional<SandboxState> sandbox,
    boolean networkDue,
    List<String> ips,
    Optional<String> cgroupPath,
    Optional<SelinuxLabels> labels,
    String bootId) {

  public Pod {
    ips = List.copyOf(ips);
  }

  public Pod with(PodPhase next) {
    return new Pod(
        id, config, createdAt, next, sandbox, networkDue, ips, cgroupPath, labels, bootId);
  }

  public Pod withSandbox(SandboxState made) {
    return new Pod(
        id,
        config,
        createdAt,
        phase,
        Optional.of(made),
        networkDue,
        ips,
        cgroupPath,
        labels,
        bootId);
  }

  public Pod withCgroup(String path) {
    return new Pod(
        id, config, createdAt, phase, sandbox, networkDue, ips, Optional.of(path), labels, bootId);
  }

  public Pod withNetworkDue(boolean due) {
    return new Pod(id, config, createdAt, phase, sandbox, due, ips, cgroupPath, labels, bootId);
  }

  public Pod withIps(List<String> addresses) {
    return new Pod(
        id, config, createdAt, phase, sandbox, networkDue, addresses, cgroupPath, labels, bootId);
  }

  Pod withResources(PodResources changed) {
    return new Pod(
        id,
        config.withResources(changed),
        createdAt,
        phase,
        sandbox,
        networkDue,
        ips,
        cgroupPath,
        labels,
        bootId);
  }

  public boolean ready() {
    return phase == PodPhase.READY;
  }
}
