package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.InFlight;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.life.ContainerAction;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
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
  private final Images images;
  private final RootFilesystems rootFilesystems;
  private final SpecAssembly specs;
  private final ContainerHooks hooks;
  private final Selinux selinux;
  private final Layout layout;
  private final NewContainers newContainers;
  private final KeyedLocks locks;
  private final ContainerSteps steps;
  private final Map<ContainerKey, String> names = new ConcurrentHashMap<>();
  private final InFlight<ContainerKey, String> creations = new InFlight<>();

  /**
   * With what containers are made.
   *
   * @param locks shared with {@link ContainerRun}: one lifecycle step of a container at a time
   */
  public ContainerCreation(
      Registry<Container> containers,
      Pods pods,
      Images images,
      RootFilesystems rootFilesystems,
      SpecAssembly specs,
      ContainerHooks hooks,
      Selinux selinux,
      Layout layout,
      Clock clock,
      String bootId,
      KeyedLocks locks,
      ContainerSteps steps) {
    this.containers = containers;
    this.pods = pods;
    this.images = images;
    this.rootFilesystems = rootFilesystems;
    this.specs = specs;
    this.hooks = hooks;
    this.selinux = selinux;
    this.layout = layout;
    this.newContainers = new NewContainers(clock, bootId);
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
    Pod pod = readyPod(podId);
    checkUserNamespace(pod, config);
    Image image =
        images
            .find(config.imageSpec())
            .orElseThrow(() -> JcriException.notFound("image", config.imageSpec()));
    if (image.artifact().isPresent()) {
      throw JcriException.invalid(
          "image %s is an artifact of type %s: it can be mounted as a volume, nothing can be run of it"
              .formatted(config.imageSpec(), image.artifact().get()));
    }
    images.admit(image);
    ImageConfig fromImage = images.config(image);
    Stages stages = new Stages("CreateContainer " + key);
    Container container =
        newContainers.of(
            pod, config.withImageIds(name -> images.find(name).map(Image::id)), image, fromImage);
    String id = container.id();
    names.put(key, id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      try {
        make(pod, container, image, fromImage, stages);
        readyPod(podId); // stopped meanwhile: nothing must be left in it
        stages.finish();
        return id;
      } catch (IOException | RuntimeException e) {
        try {
          unmake(container, ContainerEvent.MAKING_FAILED);
        } catch (RuntimeException undo) {
          e.addSuppressed(undo);
          log.warn(
              "container {} {} could not be undone and stays until its pod goes", key, id, undo);
        }
        throw e;
      }
    }
  }

  private Pod readyPod(String podId) {
    Pod pod = pods.require(podId);
    if (!pod.ready()) {
      throw JcriException.precondition("pod sandbox " + podId + " is not ready");
    }
    return pod;
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

  private void make(Pod pod, Container container, Image image, ImageConfig fromImage, Stages stages)
      throws IOException {
    String id = container.id();
    try (ContainerMaking making =
        new ContainerMaking(pod, container, rootFilesystems, specs, hooks, layout, stages)) {
      steps.take(
          id,
          ContainerEvent.CREATE,
          Map.of(
              ContainerAction.RECORD,
              () -> {
                containers.add(container);
                stages.done("record");
              },
              ContainerAction.MOUNT_ROOT,
              () -> making.mountRoot(image, labels(pod, container)),
              ContainerAction.WRITE_CONFIG,
              () -> making.writeConfig(fromImage)));
      steps.take(id, ContainerEvent.MADE, making::made, Map.of());
      stages.done("bundle");
      containers.get(id).ifPresent(making::announce);
    }
  }

  private Optional<SelinuxLabels> labels(Pod pod, Container container) {
    SecurityContext security = container.config().security();
    return selinux.ofContainer(pod.labels(), security.selinux(), security.privileged());
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
        rootFilesystems.releaseVolumes(id);
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
              () -> {
                FileTrees.delete(layout.container(id));
                FileTrees.delete(layout.checkpoint(id));
              },
              ContainerAction.RELEASE_ROOT,
              () -> rootFilesystems.release(id),
              ContainerAction.DELETE_RECORD,
              () -> containers.remove(id),
              ContainerAction.RELEASE_NAME,
              () -> {
                names.remove(ContainerKey.of(container), id);
                hooks.removed(container);
              }));
    } catch (IOException e) {
      throw Failures.unchecked(e, "removal of container " + id);
    }
  }

  /** The name of a container that was made before the restart is taken. */
  public void reserve(Container container) {
    names.put(ContainerKey.of(container), container.id());
  }
}
