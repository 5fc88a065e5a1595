package io.jcri.daemon.pod;

import io.jcri.daemon.Failures;
import io.jcri.daemon.Ids;
import io.jcri.daemon.InFlight;
import io.jcri.daemon.JcriException;
import io.jcri.daemon.JcriException.Kind;
import io.jcri.daemon.KeyedLocks;
import io.jcri.daemon.Registry;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of pod sandboxes: run, stop, remove, and what a restart finds of them. Every step is
 * recorded before it is taken and can be undone twice; undoing uses what was recorded, never the
 * configuration of the day.
 *
 * <p>Thread-safe. The steps of one pod are ordered by its lock, which no reader takes.
 */
public final class Pods {
  private static final Logger log = LoggerFactory.getLogger(Pods.class);

  private final Registry<Pod> pods;
  private final PodSetup setup;
  private final PodHooks hooks;
  private final Selinux selinux;
  private final Clock clock;
  private final String bootId;
  private final PodNames names = new PodNames();
  private final InFlight<PodMetadata, String> creations = new InFlight<>();
  private final Set<PodMetadata> claimed = ConcurrentHashMap.newKeySet();
  private final KeyedLocks locks = new KeyedLocks();

  public Pods(
      Registry<Pod> pods,
      PodSetup setup,
      PodHooks hooks,
      Selinux selinux,
      Clock clock,
      String bootId) {
    this.pods = pods;
    this.setup = setup;
    this.hooks = hooks;
    this.selinux = selinux;
    this.clock = clock;
    this.bootId = bootId;
  }

  /**
   * Makes a pod and its network. A call that repeats name, namespace, uid and attempt joins the one
   * in progress, or finds the pod that it made.
   *
   * @return the pod's id
   * @throws JcriException ALREADY_EXISTS when a pod of that name was stopped and not yet removed
   */
  public String run(PodConfig config) {
    PodMetadata name = config.metadata();
    return creations.join(name, "creation of pod " + name, () -> create(config));
  }

  /** A name that only its holder makes a pod of. */
  public interface Claim extends AutoCloseable {
    /**
     * Makes a pod and its network, as {@link Pods#run} does, but never finds or joins another's.
     *
     * @throws JcriException ALREADY_EXISTS when there is one of that name, be it in the making
     */
    String run(PodConfig config);

    @Override
    void close();
  }

  /**
   * Claims a name for a pod that is its holder's to undo: until it is closed, nobody else is given
   * that pod for an answer.
   *
   * @throws JcriException FAILED_PRECONDITION when it is claimed already
   */
  public Claim claim(PodMetadata name) {
    if (!claimed.add(name)) {
      throw JcriException.precondition("pod " + name + " is being restored already");
    }
    return new Claim() {
      @Override
      public String run(PodConfig config) {
        return creations
            .alone(
                name,
                "creation of pod " + name,
                () -> {
                  rollBackUnfinished(name);
                  requireAbsent(name);
                  return make(config);
                })
            .orElseThrow(() -> alreadyExists(name));
      }

      @Override
      public void close() {
        claimed.remove(name);
      }
    };
  }

  private void requireAbsent(PodMetadata name) {
    if (present(name).isPresent()) {
      throw alreadyExists(name);
    }
  }

  private static JcriException alreadyExists(PodMetadata name) {
    return new JcriException(Kind.ALREADY_EXISTS, "pod " + name + " exists already");
  }

  private String create(PodConfig config) throws IOException {
    PodMetadata name = config.metadata();
    if (claimed.contains(name)) {
      throw new JcriException(
          Kind.ALREADY_EXISTS, "pod " + name + " is being restored from a checkpoint");
    }
    rollBackUnfinished(name);
    Optional<Pod> present = present(name);
    if (present.isPresent()) {
      return finished(present.get());
    }
    return make(config);
  }

  /** One that the daemon before this one has died over. */
  private void rollBackUnfinished(PodMetadata name) {
    present(name).filter(pod -> pod.phase() == PodPhase.CREATING).ifPresent(this::rollBackFound);
  }

  private String make(PodConfig config) throws IOException {
    setup.check(config);
    PodMetadata name = config.metadata();
    String id = Ids.next();
    names.reserve(name, id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Pod pod =
          new Pod(
              id,
              config,
              clock.nanos(),
              PodPhase.CREATING,
              Optional.empty(),
              false,
              List.of(),
              Optional.empty(),
              selinux.allocate(config.selinux(), config.privileged()),
              bootId);
      try {
        pods.add(pod);
        setup.make(pod, this::save);
        hooks.run(pods.get(id).orElseThrow(), () -> change(id, p -> p.with(PodPhase.READY)));
        watch(id);
        return id;
      } catch (IOException | RuntimeException e) {
        if (pods.get(id).isEmpty()) {
          pod.labels().ifPresent(selinux::release);
        }
        rollBack(id, name, e);
        throw e;
      }
    }
  }

  private Optional<Pod> present(PodMetadata name) {
    return names.owner(name).flatMap(pods::get);
  }

  /** A retry of a creation that has ended: the kubelet never saw its reply. */
  private static String finished(Pod pod) {
    if (pod.ready()) {
      return pod.id();
    }
    throw new JcriException(
        Kind.ALREADY_EXISTS,
        "pod %s exists already as sandbox %s, which is not ready: remove it first"
            .formatted(pod.config().metadata(), pod.id()));
  }

  /** Undoes a creation; what can't be undone stays listed as not ready, for a later stop. */
  private void rollBack(String id, PodMetadata name, Exception why) {
    Optional<Pod> pod = pods.get(id);
    try {
      if (pod.isPresent()) {
        hooks.stop(pod.get());
        setup.unmake(pod.get(), this::saveAnyway);
        setup.deleteFiles(id);
        forget(pod.get());
        hooks.remove(pod.get());
      }
      names.release(name, id);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
      log.warn("pod {} {} could not be undone and stays to be removed", name, id, e);
      pods.updateAnyway(id, p -> p.with(PodPhase.NOT_READY));
    }
  }

  /** From here on the pod takes no new container; the ones it has are the caller's to stop. */
  public void markStopping(String id) {
    pods.updateAnyway(id, p -> p.phase() == PodPhase.READY ? p.with(PodPhase.NOT_READY) : p);
  }

  /**
   * Releases the pod's network, namespaces, pause process and cgroup. Idempotent; its containers
   * must have ended.
   */
  public void stop(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Optional<Pod> pod = pods.get(id);
      if (pod.isPresent()) {
        pods.updateAnyway(id, p -> p.with(PodPhase.NOT_READY));
        hooks.stop(pods.get(id).orElseThrow());
        setup.unmake(pods.get(id).orElseThrow(), this::saveAnyway);
      }
    } catch (IOException e) {
      throw Failures.unchecked(e, "stop of pod sandbox " + id);
    }
  }

  /** Keeps what the kubelet says of the pod's resources as a whole. */
  public void updateResources(String id, UnaryOperator<PodResources> change) {
    Pod before = pods.require(id);
    hooks.update(before, change.apply(before.config().resources().orElse(PodResources.NONE)));
    change(
        id,
        pod -> pod.withResources(change.apply(pod.config().resources().orElse(PodResources.NONE))));
    pods.get(id).ifPresent(hooks::updated);
  }

  /** Stops and forgets the pod. Idempotent; its containers must have been removed. */
  public void remove(String id) {
    stop(id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Optional<Pod> pod = pods.get(id);
      if (pod.isPresent()) {
        setup.deleteFiles(id);
        forget(pod.get());
        hooks.remove(pod.get());
      }
    } catch (IOException e) {
      throw Failures.unchecked(e, "removal of pod sandbox " + id);
    }
  }

  private void forget(Pod pod) {
    pods.remove(pod.id());
    names.release(pod.config().metadata(), pod.id());
    pod.labels().ifPresent(selinux::release);
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

  /** Takes up what the daemon before this one has left. Called once, before any call is served. */
  public void recover(Collection<Pod> loaded) {
    for (Pod pod : loaded) {
      try {
        pods.addLoaded(pod);
        pod.labels().ifPresent(selinux::reserve);
        names.reserve(pod.config().metadata(), pod.id());
        if (pod.phase() == PodPhase.CREATING) {
          Thread.ofVirtual().name("roll back " + pod.id()).start(() -> rollBackFound(pod));
        } else if (pod.ready()) {
          takeUp(pod);
        }
      } catch (IOException | RuntimeException e) {
        log.error("pod {} could not be taken up", pod.id(), e);
      }
    }
  }

  private void rollBackFound(Pod pod) {
    try (KeyedLocks.Held _ = locks.hold(pod.id())) {
      rollBack(
          pod.id(), pod.config().metadata(), new IOException("the daemon ended during creation"));
    }
  }

  private void takeUp(Pod pod) throws IOException {
    if (!pod.bootId().equals(bootId) || !setup.alive(pod)) {
      pods.updateAnyway(pod.id(), p -> p.with(PodPhase.NOT_READY));
    } else {
      watch(pod.id());
    }
  }

  private void watch(String id) throws IOException {
    Optional<Pod> pod = pods.get(id);
    if (pod.isPresent()) {
      setup.onSandboxExit(pod.get(), () -> sandboxEnded(id));
    }
  }

  /** Expected while the pod is being stopped; a surprise otherwise. */
  private void sandboxEnded(String id) {
    pods.get(id)
        .filter(Pod::ready)
        .ifPresent(_ -> log.warn("the pause process of pod sandbox {} has ended", id));
    markStopping(id);
  }

  private void save(Pod pod) {
    change(pod.id(), p -> pod.with(p.phase()));
  }

  private void saveAnyway(Pod pod) {
    pods.updateAnyway(pod.id(), p -> pod.with(p.phase()));
  }

  private void change(String id, UnaryOperator<Pod> change) {
    pods.update(id, change);
  }
}
