package io.jcri.daemon.pod;

import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodLife;
import io.jcri.daemon.life.PodPhase;
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
 * @param ips the pod's addresses, the primary one first; empty with the host's network. They stay
 *     known when they were given back, see {@link #liveIps}
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

  /**
   * The same after an event. Nothing else sets the phase of a pod that is there.
   *
   * @throws io.jcri.daemon.life.ImpossibleEventException when it can't happen in this phase
   */
  public Pod after(PodEvent event) {
    PodPhase next =
        PodLife.on(Optional.of(phase), event)
            .to()
            .orElseThrow(() -> new IllegalArgumentException("nothing is left after " + event));
    return next(config, next, sandbox, networkDue, ips, cgroupPath);
  }

  public Pod withSandbox(SandboxState made) {
    return next(config, phase, Optional.of(made), networkDue, ips, cgroupPath);
  }

  public Pod withCgroup(String path) {
    return next(config, phase, sandbox, networkDue, ips, Optional.of(path));
  }

  public Pod withNetworkDue(boolean due) {
    return next(config, phase, sandbox, due, ips, cgroupPath);
  }

  public Pod withIps(List<String> addresses) {
    return next(config, phase, sandbox, networkDue, addresses, cgroupPath);
  }

  /** Its addresses were given back. They stay known: plugins are told of them at the removal. */
  Pod withoutNetwork() {
    return next(config, phase, sandbox, false, ips, cgroupPath);
  }

  /** The addresses that are its own now; those that were given back may be another's. */
  public List<String> liveIps() {
    return networkDue ? ips : List.of();
  }

  Pod withResources(PodResources changed) {
    return next(config.withResources(changed), phase, sandbox, networkDue, ips, cgroupPath);
  }

  /** All that ever changes; the rest is what the pod was made with. */
  private Pod next(
      PodConfig config,
      PodPhase phase,
      Optional<SandboxState> sandbox,
      boolean networkDue,
      List<String> ips,
      Optional<String> cgroupPath) {
    return new Pod(
        id, config, createdAt, phase, sandbox, networkDue, ips, cgroupPath, labels, bootId);
  }

  public boolean ready() {
    return phase == PodPhase.READY;
  }
}
