package io.jcri.daemon.pod;

import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.Ids;
import io.jcri.daemon.core.InFlight;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.record.Registry;
import java.io.IOException;
import java.util.List;
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
  private final NewPods newPods;
  private final PodMaking making;
  private final PodTeardown teardown;
  private final InFlight<PodMetadata, String> creations = new InFlight<>();
  private final Set<PodMetadata> claimed = ConcurrentHashMap.newKeySet();

  PodCreation(
      Registry<Pod> pods,
      PodNames names,
      KeyedLocks locks,
      NewPods newPods,
      PodMaking making,
      PodTeardown teardown) {
    this.pods = pods;
    this.names = names;
    this.locks = locks;
    this.newPods = newPods;
    this.making = making;
    this.teardown = teardown;
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
    making.check(config);
    PodMetadata name = config.metadata();
    String id = Ids.next();
    names.reserve(name, id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Pod pod = newPods.of(id, config);
      try {
        making.make(pod);
        log.info("pod {} runs{}", id, addresses(id));
        return id;
      } catch (IOException | RuntimeException e) {
        if (pods.get(id).isEmpty()) {
          newPods.discard(pod);
        }
        rollBack(id, name, e);
        throw e;
      }
    }
  }

  private String addresses(String id) {
    List<String> ips = pods.get(id).map(Pod::ips).orElse(List.of());
    return ips.isEmpty() ? "" : ", with " + String.join(" and ", ips);
  }

  /** Undoes a creation that the daemon before this one has died over. */
  void rollBackFound(Pod pod) {
    try (KeyedLocks.Held _ = locks.hold(pod.id())) {
      rollBack(
          pod.id(), pod.config().metadata(), new IOException("the daemon ended during creation"));
    }
  }

  /** Undoes a creation, as far as that goes. */
  private void rollBack(String id, PodMetadata name, Exception why) {
    try {
      teardown.undo(id);
      names.release(name, id);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
      Faults.warn(
          log, "pod %s %s could not be undone and stays to be removed".formatted(name, id), e);
    }
  }
}
