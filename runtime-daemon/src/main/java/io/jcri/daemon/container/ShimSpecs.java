package io.jcri.daemon.container;

import io.jcri.daemon.FileTrees;
import io.jcri.daemon.JcriException;
import io.jcri.daemon.Layout;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.LogTail;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.shim.ExitRecord;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimLauncher;
import io.jcri.shim.ShimSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shims for containers: started, found again after a restart, and cleaned up after when lost.
 *
 * <p>Thread-safe.
 */
public final class ShimSpecs {
  private static final Logger log = LoggerFactory.getLogger(ShimSpecs.class);

  private static final int SIGKILL = 9;
  private static final Duration DISCARD_PATIENCE = Duration.ofSeconds(10);

  private final ShimLauncher launcher;
  private final Layout layout;
  private final Handlers handlers;
  private final Pods pods;
  private final CgroupPaths cgroupPaths;

  public ShimSpecs(
      ShimLauncher launcher, Layout layout, Handlers handlers, Pods pods, CgroupPaths cgroupPaths) {
    this.launcher = launcher;
    this.layout = layout;
    this.handlers = handlers;
    this.pods = pods;
    this.cgroupPaths = cgroupPaths;
  }

  /** Starts a shim for a created container; no process of the container runs yet. */
  Shim launch(Container container) throws IOException {
    Pod pod = pods.require(container.podId());
    Handlers.Handler handler = handlers.require(pod.config().handler());
    OciRuntime.Options runtime = handler.runtime().options();
    ContainerConfig config = container.config();
    Optional<ContainerLog> log = ContainerLog.of(pod, container);
    if (log.isPresent()) {
      // The shim makes what is missing below.
      Files.createDirectories(log.get().directory());
    }
    return launcher.launch(
        new ShimSpec(
            container.id(),
            layout.bundle(container.id()),
            layout.container(container.id()),
            runtime.binary(),
            runtime.root(),
            runtime.extraArgs(),
            runtime.systemdCgroup(),
            handler.execCgroup(),
            config.tty(),
            config.stdin(),
            config.stdinOnce(),
            log.map(ContainerLog::file),
            log.map(ContainerLog::directory),
            0,
            layout.exitRecord(container.id()),
            Optional.of(
                cgroupPaths.containerDirectory(pod.config().cgroupParent(), container.id())),
            Optional.of(layout.checkpoint(container.id()))
                .filter(checkpoint -> Files.exists(Layout.checkpointImages(checkpoint))),
            // it must be able to reopen its stdio
            pod.config()
                .namespaces()
                .user()
                .map(user -> new ShimSpec.IoOwner(user.rootUid(), user.rootGid()))));
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

  Shim connect(String id, Duration timeout) throws IOException {
    return launcher.connect(layout.container(id), timeout);
  }

  /** Whether a shim was started for the container and not yet let go. */
  boolean present(String id) {
    return Files.exists(socket(id));
  }

  private Path socket(String id) {
    return layout.container(id).resolve("shim.sock");
  }

  /** Ends a shim and its container, whatever state they are in. */
  public void discard(String id) {
    try (Shim shim = connect(id, DISCARD_PATIENCE)) {
      shim.delete();
    } catch (IOException e) {
      log.warn("shim of container {} could not be asked to end it: {}", id, e.getMessage());
    }
  }

  /** Ends a container of which nothing is known but its id, and its shim. */
  public void discardUnknown(String id) {
    if (present(id)) {
      discard(id);
    }
    deleteByAll(id);
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
  Optional<Exit> exitRecord(String id) {
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
    String id = container.id();
    try {
      handlers.require(pods.require(container.podId()).config().handler()).runtime().delete(id);
    } catch (OciException e) {
      log.warn("container {} could not be deleted: {}", id, e.getMessage());
    } catch (JcriException e) {
      log.warn("container {} is deleted by all OCI runtimes: {}", id, e.getMessage());
      deleteByAll(id);
    }
    try {
      if (container.shim().isPresent()) {
        container.shim().get().signal(SIGKILL);
      }
      Files.deleteIfExists(socket(id));
    } catch (IOException e) {
      log.warn("shim of container {} could not be ended: {}", id, e.getMessage());
    }
  }
}
