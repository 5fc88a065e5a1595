package io.jcri.daemon.pod;

import io.jcri.cni.CniException;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Stages;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.Sandboxes;
import io.jcri.sandbox.cgroup.SystemdScopes;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pod is made of, in the order in which it is made: namespaces and pause process (in its
 * cgroup), network, files, and for some handlers a sandbox container. Unmaking goes backwards, and
 * each step may be repeated.
 */
public final class PodParts {
  private static final Logger log = LoggerFactory.getLogger(PodParts.class);

  private final Layout layout;
  private final Sandboxes sandboxes;
  private final Optional<SystemdScopes> scopes;
  private final CgroupPaths cgroupPaths;
  private final PodNetworks networks;
  private final PodFiles files;
  private final SandboxContainers containers;
  private final SandboxSpecs specs;

  /**
   * With what pods are made.
   *
   * @param scopes present when systemd makes the cgroups of this node
   * @param specs what sandboxes are made by
   */
  public PodParts(
      Layout layout,
      Sandboxes sandboxes,
      Optional<SystemdScopes> scopes,
      CgroupPaths cgroupPaths,
      PodNetworks networks,
      Syscalls syscalls,
      SandboxContainers containers,
      SandboxSpecs specs) {
    this.layout = layout;
    this.sandboxes = sandboxes;
    this.scopes = scopes;
    this.cgroupPaths = cgroupPaths;
    this.networks = networks;
    this.files = new PodFiles(layout, syscalls);
    this.containers = containers;
    this.specs = specs;
  }

  /**
   * Refuses, before anything is recorded, what can't be made on this node.
   *
   * @throws JcriException INVALID
   */
  void check(PodConfig config) {
    cgroupPaths.requireParent(config.cgroupParent());
    specs.check(config);
  }

  /** Records a pod after a step that must not be forgotten. */
  @FunctionalInterface
  interface Save {
    void change(UnaryOperator<Pod> change);
  }

  /** Cgroup, namespaces and pause process. */
  void makeSandbox(Pod found, Save save, Stages stages) throws IOException {
    PodConfig config = found.config();
    Pod pod =
        cgroupPaths
            .sandboxDirectory(config.cgroupParent(), found.id())
            .map(found::withCgroup)
            .orElse(found);
    stages.begin("sandbox");
    Files.createDirectories(layout.pod(pod.id()));
    SandboxState sandbox = sandboxes.create(specs.of(pod));
    if (scopes.isPresent()) {
      stages.begin("scope");
      scopes
          .get()
          .start(
              CgroupPaths.sandboxScope(pod.id()),
              CgroupPaths.slice(config.cgroupParent()),
              sandbox.pause().pid());
    }
    stages.begin("record");
    // One record for both: the sandbox made, and the address that ADD is about to take.
    save.change(now ->
        pod.cgroupPath()
            .map(now::withCgroup)
            .orElse(now)
            .withSandbox(sandbox)
            .withNetworkDue(!config.hostNetwork()));
  }

  /** The pod's addresses, if it has its own. */
  void joinNetwork(Pod pod, Save save, Stages stages) throws IOException {
    if (pod.networkDue()) {
      stages.begin("network");
      List<String> ips = networks.join(pod);
      save.change(now -> now.withIps(ips));
    }
  }

  /** What containers find in /etc. */
  void writeFiles(Pod pod, Stages stages) throws IOException {
    stages.begin("files");
    files.write(pod, pod.ips());
  }

  /** The container that the pod's others are put into, if its handler wants one. */
  void startContainer(Pod pod, Stages stages) throws IOException {
    if (containers.wanted(pod)) {
      stages.begin("sandbox container");
      containers.start(pod);
    }
  }

  /** Ends that container. Idempotent. */
  void endContainer(Pod pod, Stages stages) throws IOException {
    if (containers.present(pod.id())) {
      stages.begin("sandbox container");
      containers.end(pod.id(), Optional.of(pod));
    }
  }

  /**
   * Gives the pod's addresses back. Idempotent.
   *
   * @throws CniException when they can't be
   */
  void leaveNetwork(Pod pod, Save save) throws CniException {
    if (pod.networkDue()) {
      try {
        if (pod.sandbox().isPresent()) {
          if (containers.mayHaveHad(pod)) {
            networks.restoreAddresses(pod);
          }
          networks.leave(pod);
        } else { // a stand-in: an address is due only to what has a sandbox
          networks.leave(pod.id(), layout.podNetworkNamespace(pod.id()));
        }
      } catch (IllegalArgumentException e) {
        // Nor could it have been joined with what can't be said to a plugin.
        log.warn("network of pod sandbox {} can't be left: {}", pod.id(), e.getMessage());
      } catch (CniException e) {
        if (pod.sandbox().isPresent() || Files.exists(layout.podNetworkNamespace(pod.id()))) {
          throw e;
        }
        // A stand-in, maybe of a pod on the host's network; an address goes with the next GC.
        log.warn("network of pod sandbox {} can't be left: {}", pod.id(), e.getMessage());
      }
      save.change(Pod::withoutNetwork);
    }
  }

  /**
   * Ends the pause process, namespaces and cgroup. Idempotent.
   *
   * @param networkLeft false keeps the network's namespace for the next try to leave it: the bridge
   *     plugin takes back no rule of addresses that it does not find there
   */
  void endSandbox(Pod pod, boolean networkLeft, Stages stages) throws IOException {
    stages.begin("sandbox");
    Optional<ProcessId> pause = pod.sandbox().map(SandboxState::pause);
    if (networkLeft) {
      sandboxes.destroy(pod.id(), layout.pod(pod.id()), pause, madeCgroups(pod));
    } else {
      sandboxes.endButNetwork(pod.id(), layout.pod(pod.id()), pause);
    }
    if (scopes.isPresent()) {
      stages.begin("scope");
      scopes.get().stop(CgroupPaths.sandboxScope(pod.id()));
    }
  }

  /** Of a pod whose record came to no sandbox it is only known where one would be. */
  private Set<String> madeCgroups(Pod pod) {
    Set<String> made = new LinkedHashSet<>();
    pod.cgroupPath().ifPresent(made::add);
    cgroupPaths.sandboxDirectory(pod.config().cgroupParent(), pod.id()).ifPresent(made::add);
    return made;
  }

  void deleteFiles(String id) throws IOException {
    Path directory = layout.pod(id);
    for (Path file :
        List.of(layout.podHosts(id), layout.podHostname(id), layout.podResolvConf(id))) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }

  boolean alive(Pod pod) throws IOException {
    return pod.sandbox().isPresent()
        && sandboxes.alive(pod.sandbox().get())
        && (!containers.present(pod.id()) || containers.takeUp(pod.id()));
  }

  /** Whether somebody has unmounted one of the pod's namespaces. */
  boolean hasLostPins(Pod pod) throws IOException {
    return pod.sandbox().isPresent() && !sandboxes.lostPins(pod.sandbox().get()).isEmpty();
  }

  /** Pins them again, while nothing else is done to the pod. */
  void restorePins(Pod pod) throws IOException {
    List<String> restored = sandboxes.restorePins(pod.sandbox().orElseThrow());
    if (!restored.isEmpty()) {
      log.warn("somebody had unmounted namespaces of pod {}: pinned again {}", pod.id(), restored);
    }
  }

  void onSandboxExit(Pod pod, Runnable action) throws IOException {
    if (pod.sandbox().isPresent()) {
      sandboxes.onExit(pod.sandbox().get(), action);
      containers.onEnd(pod.id(), action);
    }
  }
}
