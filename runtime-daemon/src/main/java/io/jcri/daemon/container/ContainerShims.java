package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.Clock;
import io.jcri.daemon.system.LogTail;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.shim.ExitRecord;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import io.jcri.shim.ShimLauncher;
import io.jcri.shim.ShimSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shims for containers: started, found again after a restart, and cleaned up after when lost.
 *
 * <p>Thread-safe.
 */
public final class ContainerShims {
  private static final Logger log = LoggerFactory.getLogger(ContainerShims.class);

  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final Duration DISCARD_PATIENCE = Duration.ofSeconds(10);

  private final ShimLauncher launcher;
  private final Layout layout;
  private final Handlers handlers;
  private final Pods pods;
  private final CgroupPaths cgroupPaths;
  private final Cgroups cgroups;
  private final SilentShims silent;
  private final Supplier<ContainerSettings> settings;

  public ContainerShims(
      ShimLauncher launcher,
      Layout layout,
      Handlers handlers,
      Pods pods,
      CgroupPaths cgroupPaths,
      Cgroups cgroups,
      Clock clock,
      Supplier<ContainerSettings> settings) {
    this.launcher = launcher;
    this.layout = layout;
    this.handlers = handlers;
    this.pods = pods;
    this.cgroupPaths = cgroupPaths;
    this.cgroups = cgroups;
    this.settings = settings;
    this.silent = new SilentShims(cgroups, clock);
  }

  /** How long the OCI runtime may take to make and start a container. */
  Duration patience(Container container) {
    return handlers
        .require(pods.require(container.podId()).config().handler())
        .rules()
        .createTimeout();
  }

  /** Starts a shim for a created container; no process of the container runs yet. */
  Shim launch(Container container) throws IOException {
    return launcher.launch(spec(container));
  }

  /** Starts another shim for a container that runs, in the place of one that has died. */
  Shim takeOver(Container container) throws IOException {
    return launcher.takeOver(spec(container));
  }

  private ShimSpec spec(Container container) throws IOException {
    Pod pod = pods.require(container.podId());
    Handler handler = handlers.require(pod.config().handler());
    OciRuntime.Options runtime = handler.runtime().options();
    ContainerConfig config = container.config();
    Optional<ContainerLog> log = ContainerLog.of(pod, container);
    if (log.isPresent()) {
      // The shim makes what is missing below.
      Files.createDirectories(log.get().directory());
    }
    return new ShimSpec(
        container.id(),
        layout.bundle(container.id()),
        layout.container(container.id()),
        runtime.binary(),
        runtime.root(),
        handler.runtimeArguments(pod.id()),
        runtime.systemdCgroup(),
        handler.execCgroup(),
        handler.shim(),
        config.tty(),
        config.stdin(),
        config.stdinOnce(),
        log.map(ContainerLog::file),
        log.map(ContainerLog::directory),
        settings.get().logLimit(),
        layout.exitRecord(container.id()),
        cgroup(container),
        Optional.of(layout.checkpoint(container.id()))
            .filter(checkpoint -> Files.exists(Layout.checkpointImages(checkpoint))),
        // it must be able to reopen its stdio
        pod.config()
            .namespaces()
            .user()
            .map(user -> new ShimSpec.IoOwner(user.rootUid(), user.rootGid())));
  }

  /**
   * A start needs its checkpoint once, if it has one. Says what CRIU wrote last while it restored
   * it, for an error message; empty for an ordinary start.
   */
  String forgetCheckpoint(String id) {
    Path checkpoint = layout.checkpoint(id);
    if (!Files.exists(checkpoint)) {
      return "";
    }
    String words = LogTail.of(checkpoint.resolve("restore.log"));
    try {
      FileTrees.delete(checkpoint);
    } catch (IOException e) {
      log.warn("{} goes with its container: {}", checkpoint, e.getMessage());
    }
    return words.isEmpty() ? "" : "; CRIU's last words: " + words;
  }

  /** The shim of a container, once it has answered. */
  public Shim connect(String id, Duration timeout) throws IOException {
    return launcher.connect(layout.container(id), timeout);
  }

  /** Whether a shim was started for the container and not yet let go. */
  public boolean present(String id) {
    return Files.exists(socket(id));
  }

  private Path socket(String id) {
    return layout.container(id).resolve("shim.sock");
  }

  /** The container's cgroup, empty when its pod is not known any more. */
  private Optional<String> cgroup(Container container) {
    return pods.find(container.podId())
        .map(pod -> cgroupPaths.containerDirectory(pod.config().cgroupParent(), container.id()));
  }

  /**
   * Sends the stop signal past a shim that does not answer, and waits a while for the container's
   * end.
   */
  void stopSilent(Container container, ProcessId shim, int signal, Duration grace)
      throws IOException {
    silent.stop(container, shim, signal, grace);
  }

  /** Kills a container past its shim, which does not answer; {@link #forceDelete} has to follow. */
  Exit killSilent(Container container, ProcessId shim) throws IOException {
    Exit exit = silent.kill(container, shim, cgroup(container));
    return exitRecord(container.id()).orElse(exit);
  }

  /** Ends a shim and its container, whatever state they are in. */
  public void discard(String id) {
    Optional<ShimException> _ = refused(id);
  }

  /** As {@link #discard}; returns what the shim has said when it does not let the container go. */
  private Optional<ShimException> refused(String id) {
    try (Shim shim = connect(id, DISCARD_PATIENCE)) {
      shim.delete();
    } catch (ShimException e) {
      log.warn("shim of container {} does not end it: {}", id, e.getMessage());
      if (e.kind() == ShimException.Kind.TIMEOUT) {
        silent.killByCommandLine(id, layout.container(id));
      }
      return Optional.of(e).filter(why -> why.kind() == ShimException.Kind.REFUSED);
    } catch (IOException e) {
      log.warn("shim of container {} could not be asked to end it: {}", id, e.getMessage());
    }
    return Optional.empty();
  }

  /** Asks a container of which nothing is known but its id to end, and waits a while for that. */
  void stopUnknown(String id, Duration grace) {
    if (!present(id)) {
      return;
    }
    CountDownLatch ended = new CountDownLatch(1);
    try (Shim shim = connect(id, DISCARD_PATIENCE)) {
      shim.onExit(_ -> ended.countDown());
      shim.onLost(ended::countDown);
      shim.kill(SIGTERM);
      if (!ended.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        log.info("container {} has ignored SIGTERM for {} s", id, grace.toSeconds());
      }
    } catch (IOException e) {
      log.warn("container {} could not be asked to end: {}", id, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends a container of which nothing is known but its id, and its shim.
   *
   * @throws JcriException INTERNAL when its shim says that it can't be ended
   */
  public void discardUnknown(String id) {
    boolean refused = present(id) && refused(id).isPresent();
    deleteByAll(id);
    // Asked once more: the container may have been deleted past it now.
    Optional<ShimException> why = refused ? refused(id) : Optional.empty();
    if (why.isPresent()) {
      throw new JcriException(
          JcriException.Kind.INTERNAL,
          "container %s could not be ended: %s".formatted(id, why.get().getMessage()),
          why.get());
    }
  }

  /** A runtime that was killed over it leaves what nobody would ask it for again. */
  private static void deleteTwice(OciRuntime runtime, String id) {
    try {
      runtime.delete(id);
    } catch (OciException e) {
      log.info("container {} is deleted once more: {}", id, e.getMessage());
      runtime.delete(id);
    }
  }

  private void deleteByAll(String id) {
    handlers
        .all()
        .forEach((name, handler) -> {
          try {
            handler.runtime().delete(id);
          } catch (OciException | JcriException e) {
            log.debug("handler {} does not delete container {}: {}", name, id, e.getMessage());
          }
        });
  }

  /** What the shim wrote when the container ended. */
  public Optional<Exit> exitRecord(String id) {
    Path file = layout.exitRecord(id);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Exit.of(ExitRecord.read(file)));
    } catch (IOException e) {
      log.error("exit record {} can't be read: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Ends and forgets a container whose shim is gone or about to be killed, as far as the OCI
   * runtime knows it. A pod or handler that is not there any more keeps nobody from forgetting it.
   */
  void forceDelete(Container container) {
    forceDelete(container, container.shim());
  }

  /** As {@link #forceDelete(Container)}, with a shim that no record tells of yet. */
  void forceDelete(Container container, Optional<ProcessId> shim) {
    String id = container.id();
    try {
      deleteTwice(
          handlers.require(pods.require(container.podId()).config().handler()).runtime(), id);
    } catch (OciException e) {
      log.warn("container {} could not be deleted: {}", id, e.getMessage());
    } catch (JcriException e) {
      log.warn("container {} is deleted by all OCI runtimes: {}", id, e.getMessage());
      deleteByAll(id);
    }
    removeCgroup(container);
    try {
      if (shim.isPresent()) {
        shim.get().signal(SIGKILL);
      }
      Files.deleteIfExists(socket(id));
    } catch (IOException e) {
      log.warn("shim of container {} could not be ended: {}", id, e.getMessage());
    }
  }

  /**
   * A runtime whose sandbox was killed may forget the empty group that it has made for a container
   * in there. Does nothing where a container's processes are in its own group: then its runtime has
   * removed that.
   */
  void removeForgottenCgroup(Container container) {
    try {
      Optional<Pod> pod = pods.find(container.podId());
      if (pod.isPresent()
          && handlers.require(pod.get().config().handler()).sandboxContainer()
          && !cgroups.removeIfEmpty(
              cgroupPaths.containerDirectory(pod.get().config().cgroupParent(), container.id()))) {
        log.warn("the cgroup of container {} is still in use", container.id());
      }
    } catch (IOException | JcriException e) {
      log.warn("cgroup of container {} could not be removed: {}", container.id(), e.getMessage());
    }
  }

  /** With all that runs in it: what an OCI runtime has left that fails or was killed. */
  void removeCgroup(Container container) {
    try {
      Optional<String> cgroup = cgroup(container);
      if (cgroup.isPresent()) {
        cgroups.remove(cgroup.get());
      }
    } catch (IOException e) {
      log.warn("cgroup of container {} could not be removed: {}", container.id(), e.getMessage());
    }
  }
}
