package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.InFlight;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.log.LogNames;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.sandbox.SandboxState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes containers up to the point where they could be started, and unmakes them: name, record,
 * root file system, config.json. No process is started here.
 *
 * <p>Thread-safe.
 */
public final class ContainerCreation {
  private static final Logger log = LoggerFactory.getLogger(ContainerCreation.class);

  private final Registry<Container> containers;
  private final Pods pods;
  private final NewContainers newContainers;
  private final ContainerMaker maker;
  private final ContainerResources resources;
  private final KeyedLocks locks;
  private final ContainerSteps steps;
  private final Map<ContainerKey, String> names = new ConcurrentHashMap<>();
  private final InFlight<ContainerKey, String> creations = new InFlight<>();

  /**
   * With what containers are made.
   *
   * @param locks shared with {@link ContainerRun}: one lifecycle step of a container at a time
   */
  ContainerCreation(
      Registry<Container> containers,
      Pods pods,
      NewContainers newContainers,
      ContainerMaker maker,
      ContainerResources resources,
      KeyedLocks locks,
      ContainerSteps steps) {
    this.containers = containers;
    this.pods = pods;
    this.newContainers = newContainers;
    this.maker = maker;
    this.resources = resources;
    this.locks = locks;
    this.steps = steps;
  }

  /**
   * Creates a container in a ready pod. A call that repeats pod, name and attempt joins the one in
   * progress, or finds the container that it made.
   *
   * @return the container's id
   * @throws JcriException NOT_FOUND for pod or image, FAILED_PRECONDITION when the pod is not
   *     ready, ALREADY_EXISTS when that container was started already
   */
  public String create(String podId, ContainerConfig config) {
    ContainerKey key = new ContainerKey(podId, config.name(), config.attempt());
    return creations.join(
        key, "creation of container " + key, () -> createOnce(key, podId, config));
  }

  private String createOnce(ContainerKey key, String podId, ContainerConfig config)
      throws IOException {
    Optional<Container> present = Optional.ofNullable(names.get(key)).flatMap(containers::get);
    if (present.isPresent()) {
      if (present.get().phase() != ContainerPhase.CREATING) {
        return finished(key, present.get());
      }
      // Of a creation that failed and could not be undone, or of a daemon that died over it: it is
      // not listed, so nobody else will remove it.
      remove(present.get().id());
    }
    Pod pod = pods.requireReady(podId);
    checkUserNamespace(pod, config);
    NewContainer fresh = newContainers.of(pod, config);
    Stages stages = new Stages("CreateContainer " + key);
    Container container = fresh.container();
    String id = container.id();
    names.put(key, id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      try {
        make(pod, fresh, stages);
        Pod _ = pods.requireReady(podId); // stopped meanwhile: nothing must be left in it
        stages.finish();
        log.info("container {} is created of image {}", id, container.image().name());
        return id;
      } catch (IOException | RuntimeException e) {
        try {
          unmake(container, ContainerEvent.MAKING_FAILED);
        } catch (RuntimeException undo) {
          e.addSuppressed(undo);
          Faults.warn(
              log,
              "container %s %s could not be undone and stays until its pod goes".formatted(key, id),
              undo);
        }
        throw e;
      }
    }
  }

  /** A container lives in its pod's user namespace, whether it says so or not. */
  private static void checkUserNamespace(Pod pod, ContainerConfig config) {
    Optional<UserMappings> asked = config.security().namespaces().user();
    if (asked.isPresent() && !asked.equals(pod.config().namespaces().user())) {
      throw JcriException.invalid(
          "config.linux.security_context.namespace_options.userns_options differs from that of pod"
              + " sandbox "
              + pod.id());
    }
  }

  private static String finished(ContainerKey key, Container container) {
    if (container.phase() == ContainerPhase.CREATED) {
      return container.id();
    }
    throw new JcriException(
        Kind.ALREADY_EXISTS,
        "container %s exists already as %s and is %s"
            .formatted(key, container.id(), container.phase()));
  }

  private void make(Pod pod, NewContainer fresh, Stages stages) throws IOException {
    Container container = fresh.container();
    String id = container.id();
    ContainerMaking making = maker.begin(pod, fresh, stages);
    try (making) {
      steps.take(
          id,
          ContainerEvent.CREATE,
          Map.of(
              ContainerAction.RECORD,
              () -> {
                stages.begin("record");
                containers.add(container);
              },
              ContainerAction.MOUNT_ROOT,
              making::mountRoot,
              ContainerAction.WRITE_CONFIG,
              making::writeConfig));
      steps.take(id, ContainerEvent.MADE, making::made, Map.of());
      containers.get(id).ifPresent(making::announce);
    } catch (IOException | RuntimeException e) {
      making.undo(e); // what is left then, and the record of it, goes by the record
      throw e;
    }
  }

  /** The user namespace that the pod's containers live in, as root file systems need it. */
  public static Optional<RootFilesystems.UserNamespace> userNamespace(Pod pod) {
    Optional<Path> file = pod.sandbox().flatMap(SandboxState::userns);
    Optional<UserMappings> mappings = pod.config().namespaces().user();
    return file.isPresent() && mappings.isPresent()
        ? Optional.of(
            new RootFilesystems.UserNamespace(
                file.get(), mappings.get().rootUid(), mappings.get().rootGid()))
        : Optional.empty();
  }

  /** Lets the image volumes of a container go that has ended for good. */
  void releaseVolumes(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      boolean has =
          containers
              .get(id)
              .filter(c -> !c.running() && c.phase() != ContainerPhase.UNKNOWN)
              .filter(c -> c.config().mounts().stream().anyMatch(m -> m.image().isPresent()))
              .isPresent();
      if (has) {
        resources.releaseVolumes(id);
      }
    }
  }

  /** Removes what {@link #create} made. Idempotent; the container must not be running. */
  public void remove(String id) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Optional<Container> container = containers.get(id);
      if (container.isPresent()) {
        if (!ContainerLife.can(container.get().phase(), ContainerEvent.REMOVE)) {
          throw JcriException.precondition(
              "container %s is %s and can't be removed".formatted(id, container.get().phase()));
        }
        unmake(container.get(), ContainerEvent.REMOVE);
      }
    }
  }

  /** Backwards: files, root file system, record, name. */
  private void unmake(Container container, ContainerEvent why) {
    String id = container.id();
    try {
      steps.take(
          id,
          why,
          Map.of(
              ContainerAction.DELETE_FILES,
              () -> resources.deleteFiles(id),
              ContainerAction.RELEASE_ROOT,
              () -> resources.releaseMounts(id),
              ContainerAction.DELETE_RECORD,
              () -> {
                LogNames.remember(id);
                containers.remove(id);
              },
              ContainerAction.RELEASE_NAME,
              () -> {
                names.remove(ContainerKey.of(container), id);
                maker.removed(container);
              }));
      log.info("container {} is {}", id, why == ContainerEvent.REMOVE ? "removed" : "undone");
    } catch (IOException e) {
      throw Failures.unchecked(e, "removal of container " + id);
    }
  }

  /** The name of a container that was made before the restart is taken. */
  public void reserve(Container container) {
    names.put(ContainerKey.of(container), container.id());
  }
}
