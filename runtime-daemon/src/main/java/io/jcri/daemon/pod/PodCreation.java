package io.jcri.daemon.pod;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.Ids;
import io.jcri.daemon.core.InFlight;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.life.PodAction;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodLife;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How pods come to be: one for each name, however often it is asked for, and nothing of one that
 * can't be made whole.
 *
 * <p>Thread-safe. A creation holds the lock of its pod.
 */
final class PodCreation {
  private static final Logger log = LoggerFactory.getLogger(PodCreation.class);

  private final Registry<Pod> pods;
  private final PodNames names;
  private final KeyedLocks locks;
  private final PodSteps steps;
  private final PodSetup setup;
  private final PodTeardown teardown;
  private final SandboxWatch sandboxes;
  private final PodHooks hooks;
  private final Selinux selinux;
  private final Clock clock;
  private final String bootId;
  private final InFlight<PodMetadata, String> creations = new InFlight<>();
  private final Set<PodMetadata> claimed = ConcurrentHashMap.newKeySet();

  PodCreation(
      Registry<Pod> pods,
      PodNames names,
      KeyedLocks locks,
      PodSteps steps,
      PodSetup setup,
      PodTeardown teardown,
      SandboxWatch sandboxes,
      PodHooks hooks,
      Selinux selinux,
      Clock clock,
      String bootId) {
    this.pods = pods;
    this.names = names;
    this.locks = locks;
    this.steps = steps;
    this.setup = setup;
    this.teardown = teardown;
    this.sandboxes = sandboxes;
    this.hooks = hooks;
    this.selinux = selinux;
    this.clock = clock;
    this.bootId = bootId;
  }

  /** See {@link Pods#run}. */
  String run(PodConfig config) {
    PodMetadata name = config.metadata();
    requireUnclaimed(name);
    String id = creations.join(name, task(name), () -> create(config));
    requireUnclaimed(name); // what was joined may have been a restore's, which may yet undo it
    return id;
  }

  private void requireUnclaimed(PodMetadata name) {
    if (claimed.contains(name)) {
      throw new JcriException(
          Kind.ALREADY_EXISTS, "pod " + name + " is being restored from a checkpoint");
    }
  }

  /** See {@link Pods#claim}. */
  PodClaim claim(PodMetadata name) {
    if (!claimed.add(name)) {
      throw JcriException.precondition("pod " + name + " is being restored already");
    }
    return new PodClaim() {
      @Override
      public String run(PodConfig config) {
        return creations
            .alone(name, task(name), () -> createFirst(name, config))
            .orElseThrow(() -> alreadyExists(name));
      }

      @Override
      public void close() {
        claimed.remove(name);
      }
    };
  }

  private static String task(PodMetadata name) {
    return "creation of pod " + name;
  }

  private String create(PodConfig config) throws IOException {
    PodMetadata name = config.metadata();
    requireUnclaimed(name);
    rollBackUnfinished(name);
    Optional<Pod> present = present(name);
    if (present.isPresent()) {
      return finished(present.get());
    }
    return make(config);
  }

  private String createFirst(PodMetadata name, PodConfig config) throws IOException {
    rollBackUnfinished(name);
    if (present(name).isPresent()) {
      throw alreadyExists(name);
    }
    return make(config);
  }

  private static JcriException alreadyExists(PodMetadata name) {
    return new JcriException(Kind.ALREADY_EXISTS, "pod " + name + " exists already");
  }

  /** One that the daemon before this one has died over. */
  private void rollBackUnfinished(PodMetadata name) {
    present(name).filter(pod -> pod.phase() == PodPhase.CREATING).ifPresent(this::rollBackFound);
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
              PodLife.on(Optional.empty(), PodEvent.RUN).to().orElseThrow(),
              Optional.empty(),
              false,
              List.of(),
              Optional.empty(),
              selinux.allocate(config.selinux(), config.privileged()),
              bootId);
      try {
        makeAll(pod);
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

  private void makeAll(Pod pod) throws IOException {
    String id = pod.id();
    Stages stages = new Stages("RunPodSandbox " + pod.config().metadata() + " " + id);
    PodSetup.Save save = change -> pods.update(id, change);
    steps.take(
        id,
        PodEvent.RUN,
        Map.of(
            PodAction.RECORD,
            () -> pods.add(pod),
            PodAction.MAKE_SANDBOX,
            () -> setup.makeSandbox(pods.require(id), save, stages),
            PodAction.JOIN_NETWORK,
            () -> setup.joinNetwork(pods.require(id), save, stages),
            PodAction.WRITE_FILES,
            () -> setup.writeFiles(pods.require(id), stages)));
    stages.finish();
    hooks.run(pods.require(id), () -> made(id));
  }

  private void made(String id) {
    try {
      steps.take(id, PodEvent.MADE, Map.of(PodAction.WATCH_SANDBOX, () -> sandboxes.watch(id)));
    } catch (IOException e) {
      throw Failures.unchecked(e, "watch over pod sandbox " + id);
    }
  }

  /** Undoes a creation that the daemon before this one has died over. */
  void rollBackFound(Pod pod) {
    try (KeyedLocks.Held _ = locks.hold(pod.id())) {
      rollBack(
          pod.id(), pod.config().metadata(), new IOException("the daemon ended during creation"));
    }
  }

  /** Undoes a creation; what can't be undone stays listed as not ready, for a later stop. */
  private void rollBack(String id, PodMetadata name, Exception why) {
    try {
      pods.get(id).ifPresent(_ -> steps.see(id, PodEvent.STOPPING)); // it may be ready already
      teardown.undo(id);
      names.release(name, id);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
      log.warn("pod {} {} could not be undone and stays to be removed", name, id, e);
      pods.get(id).ifPresent(_ -> steps.see(id, PodEvent.UNDO_FAILED));
    }
  }
}
