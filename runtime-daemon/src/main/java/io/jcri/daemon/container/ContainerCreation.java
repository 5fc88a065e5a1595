package io.jcri.daemon.container;

import io.jcri.daemon.Failures;
import io.jcri.daemon.FileTrees;
import io.jcri.daemon.Ids;
import io.jcri.daemon.InFlight;
import io.jcri.daemon.JcriException;
import io.jcri.daemon.JcriException.Kind;
import io.jcri.daemon.KeyedLocks;
import io.jcri.daemon.Layout;
import io.jcri.daemon.Registry;
import io.jcri.daemon.Stages;
import io.jcri.daemon.container.Container.ImageIdentity;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.runtime.ContainerSpec;
import io.jcri.oci.runtime.SpecWriter;
import io.jcri.sandbox.SandboxState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  private static final String DEFAULT_STOP_SIGNAL = "SIGTERM";

  private final Registry<Container> containers;
  private final Pods pods;
  private final Images images;
  private final RootFilesystems rootFilesystems;
  private final SpecAssembly specs;
  private final ContainerHooks hooks;
  private final Selinux selinux;
  private final Layout layout;
  private final Clock clock;
  private final String bootId;
  private final KeyedLocks locks;
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
      KeyedLocks locks) {
    this.containers = containers;
    this.pods = pods;
    this.images = images;
    this.rootFilesystems = rootFilesystems;
    this.specs = specs;
    this.hooks = hooks;
    this.selinux = selinux;
    this.layout = layout;
    this.clock = clock;
    this.bootId = bootId;
    this.locks = locks;
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
        initial(
            pod, config.withImageIds(name -> images.find(name).map(Image::id)), image, fromImage);
    String id = container.id();
    names.put(key, id);
    try (KeyedLocks.Held _ = locks.hold(id)) {
      try {
        containers.add(container);
        stages.done("record");
        make(pod, container, image, fromImage, stages);
        readyPod(podId); // stopped meanwhile: nothing must be left in it
        stages.finish();
        return id;
      } catch (IOException | RuntimeException e) {
        try {
          unmake(container);
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

  private Container initial(Pod pod, ContainerConfig config, Image image, ImageConfig fromImage) {
    return new Container(
        Ids.next(),
        pod.id(),
        config,
        identity(config, image),
        Optional.empty(),
        ContainerPhase.CREATING,
        clock.nanos(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        logFile(pod, config),
        stopSignal(config, image, fromImage),
        bootId);
  }

  /** One that an image has invented must not keep its containers from being stopped. */
  private static String stopSignal(ContainerConfig config, Image image, ImageConfig fromImage) {
    if (!config.stopSignal().isEmpty()) {
      return config.stopSignal();
    }
    String ofImage = fromImage.stopSignal();
    if (ofImage.isEmpty()) {
      return DEFAULT_STOP_SIGNAL;
    }
    try {
      int _ = StopSignals.number(ofImage);
      return ofImage;
    } catch (JcriException e) {
      log.warn("image {}: {}; {} is taken", image.id(), e.getMessage(), DEFAULT_STOP_SIGNAL);
      return DEFAULT_STOP_SIGNAL;
    }
  }

  private static ImageIdentity identity(ContainerConfig config, Image image) {
    return new ImageIdentity(
        image.id(),
        image.repoTags().isEmpty() ? config.imageSpec() : image.repoTags().getFirst(),
        image.repoDigests().isEmpty() ? image.id() : image.repoDigests().getFirst());
  }

  /** Either part empty means that nobody wants the log. */
  private static String logFile(Pod pod, ContainerConfig config) {
    String directory = pod.config().logDirectory();
    if (directory.isEmpty() || config.logPath().isEmpty()) {
      return "";
    }
    Path base = Path.of(directory).normalize();
    Path file = base.resolve(config.logPath()).normalize();
    if (!base.isAbsolute() || !file.startsWith(base)) {
      throw JcriException.invalid(
          "config.log_path %s leaves the pod's log directory %s"
              .formatted(config.logPath(), directory));
    }
    return file.toString();
  }

  private void make(Pod pod, Container container, Image image, ImageConfig fromImage, Stages stages)
      throws IOException {
    String id = container.id();
    SecurityContext security = container.config().security();
    Optional<SelinuxLabels> labels =
        selinux.ofContainer(pod.labels(), security.selinux(), security.privileged());
    Path rootfs =
        rootFilesystems.prepare(id, image, userNamespace(pod), labels.map(SelinuxLabels::mount));
    stages.done("snapshot");
    ContainerSpec assembled = specs.assemble(pod, container, fromImage, rootfs, labels);
    stages.done("spec");
    try (ContainerHooks.Step step = hooks.step()) {
      ContainerSpec spec = step.create(pod, container, assembled);
      Path bundle = Files.createDirectories(layout.bundle(id));
      Files.write(bundle.resolve("config.json"), SpecWriter.toJson(spec));
      Optional<Container> created =
          containers.update(id, c -> adjusted(c, assembled, spec).created(spec.process()));
      stages.done("bundle");
      created.ifPresent(step::created);
    }
  }

  /** Limits that are not the kubelet's are the container's all the same: its status tells them. */
  private static Container adjusted(Container container, ContainerSpec asked, ContainerSpec spec) {
    if (spec.resources().equals(asked.resources())) {
      return container;
    }
    return container.withConfig(
        container
            .config()
            .withResources(
                spec.resources().toBuilder().devices(List.of()).build(),
                spec.process().oomScoreAdj()));
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
        if (container.get().running()) {
          throw JcriException.precondition("container " + id + " is running");
        }
        unmake(container.get());
      }
    }
  }

  /** Backwards: files, root file system, record, name. */
  private void unmake(Container container) {
    String id = container.id();
    try {
      FileTrees.delete(layout.container(id));
      FileTrees.delete(layout.checkpoint(id));
      rootFilesystems.release(id);
    } catch (IOException e) {
      throw Failures.unchecked(e, "removal of container " + id);
    }
    containers.remove(id);
    names.remove(ContainerKey.of(container), id);
    hooks.removed(container);
  }

  /** Takes up a container that was made before the restart. */
  void recover(Container container) {
    names.put(ContainerKey.of(container), container.id());
    if (container.phase() == ContainerPhase.CREATING) {
      Thread.ofVirtual().name("roll back " + container.id()).start(() -> rollBack(container.id()));
    }
  }

  private void rollBack(String id) {
    try {
      remove(id);
    } catch (RuntimeException e) {
      log.warn("container {} could not be undone and stays until its pod goes", id, e);
    }
  }
}
