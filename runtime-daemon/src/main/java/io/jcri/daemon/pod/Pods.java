package io.jcri.daemon.pod;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The life of pod sandboxes: run, stop, remove, and what a restart finds of them. Every step is
 * recorded before it is taken and can be undone twice; undoing uses what was recorded, never the
 * configuration of the day.
 *
 * <p>Thread-safe. The steps of one pod are ordered by its lock, which no reader takes.
 */
public final class Pods {
  private final Registry<Pod> pods;
  private final PodHooks hooks;
  private final KeyedLocks locks = new KeyedLocks();
  private final PodSteps steps;
  private final PodTeardown teardown;
  private final PodCreation creation;
  private final FoundPods found;
  private final PodParts parts;

  /**
   * No pods yet.
   *
   * @param bootId of this boot: a pod of another one is not ready
   */
  public Pods(
      Registry<Pod> pods,
      PodParts parts,
      PodHooks hooks,
      Selinux selinux,
      Clock clock,
      String bootId) {
    PodNames names = new PodNames();
    this.pods = pods;
    this.hooks = hooks;
    this.parts = parts;
    this.steps = new PodSteps(pods);
    this.teardown = new PodTeardown(pods, steps, names, parts, hooks, selinux);
    SandboxWatch sandboxes = new SandboxWatch(pods, steps, parts);
    this.creation =
        new PodCreation(
            pods,
            names,
            locks,
            new NewPods(selinux, clock, bootId),
            new PodMaking(pods, steps, parts, sandboxes, hooks),
            teardown);
    this.found = new FoundPods(pods, names, steps, parts, sandboxes, selinux, bootId);
  }

  /**
   * Makes a pod and its network. A call that repeats name, namespace, uid and attempt joins the one
   * in progress, or finds the pod that it made.
   *
   * @return the pod's id
   * @throws JcriException ALREADY_EXISTS when a pod of that name was stopped and not yet removed
   */
  public String run(PodConfig config) {
    return creation.run(config);
  }

  /**
   * Claims a name for a pod that is its holder's to undo: until it is closed, nobody else is given
   * that pod for an answer.
   *
   * @throws JcriException FAILED_PRECONDITION when it is claimed already
   */
  public PodClaim claim(PodMetadata name) {
    return creation.claim(name);
  }

  /** From here on the pod takes no new container; the ones it has are the caller's to stop. */
  public void markStopping(String id) {
    steps.see(id, PodEvent.STOPPING);
  }

  /**
   * Releases the pod's network, namespaces, pause process and cgroup. Idempotent; its containers
   * must have ended.
   */
  public void stop(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      teardown.stop(id);
    } catch (IOException e) {
      throw Failures.unchecked(e, "stop of pod sandbox " + id);
    }
  }

  /**
   * The pod with this id, for a container that is to join its namespaces: they are pinned again if
   * somebody has unmounted them.
   *
   * @throws JcriException NOT_FOUND, and FAILED_PRECONDITION when it is not ready
   */
  public Pod requireReady(String id) {
    Pod pod = ready(id);
    try {
      if (parts.hasLostPins(pod)) {
        try (KeyedLocks.Held _ = locks.hold(id)) {
          parts.restorePins(ready(id)); // not in one that was stopped meanwhile
        }
      }
    } catch (IOException e) {
      throw Failures.unchecked(e, "namespaces of pod sandbox " + id);
    }
    return pod;
  }

  private Pod ready(String id) {
    Pod pod = require(id);
    if (!pod.ready()) {
      throw JcriException.precondition("pod sandbox " + id + " is not ready");
    }
    return pod;
  }

  /** Keeps what the kubelet says of the pod's resources as a whole. */
  public void updateResources(String id, UnaryOperator<PodResources> change) {
    Pod before = pods.require(id);
    hooks.update(before, change.apply(before.config().resources().orElse(PodResources.NONE)));
    pods.update(
        id,
        pod -> pod.withResources(change.apply(pod.config().resources().orElse(PodResources.NONE))));
    pods.get(id).ifPresent(hooks::updated);
  }

  /** Stops and forgets the pod. Idempotent; its containers must have been removed. */
  public void remove(String id) {
    stop(id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      teardown.remove(id);
    } catch (IOException e) {
      throw Failures.unchecked(e, "removal of pod sandbox " + id);
    }
  }

  /** Snapshots of the pods that the kubelet may know. */
  public Collection<Pod> list() {
    return pods.all().stream().filter(pod -> pod.phase() != PodPhase.CREATING).toList();
  }

  /** The ids of all pods that may hold an address, those in the making too. */
  public Set<String> networked() {
    return pods.all().stream()
        .filter(Pod::networkDue)
        .map(Pod::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The pod with this id or unique prefix.
   *
   * @throws JcriException NOT_FOUND
   */
  public Pod require(String idOrPrefix) {
    Pod pod = pods.require(idOrPrefix);
    if (pod.phase() == PodPhase.CREATING) {
      throw JcriException.notFound("pod sandbox", idOrPrefix);
    }
    return pod;
  }

  /** As {@link #require}, but empty when there is none. */
  public Optional<Pod> find(String idOrPrefix) {
    return pods.find(idOrPrefix);
  }

  /** The pods' locks that are held, and who waits for them. Waits for nobody. */
  public List<KeyedLocks.Taken> takenLocks() {
    return locks.taken();
  }

  /** Takes in a pod whose record can't be read, by a stand-in; the name it had is not known. */
  public void takeUpUnreadable(Pod standIn) {
    pods.addUnreadable(standIn);
  }

  /** Takes up a pod of the daemon before this one. Called before any call is served. */
  public void takeUp(Pod pod) throws IOException {
    found.takeUp(pod, creation::rollBackFound);
  }
}
