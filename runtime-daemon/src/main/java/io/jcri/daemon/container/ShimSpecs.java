package io.jcri.daemon.container;

import io.jcri.daemon.Layout;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;
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

  private final ShimLauncher launcher;
  private final Layout layout;
  private final Handlers handlers;
  private final Pods pods;

  public ShimSpecs(ShimLauncher launcher, Layout layout, Handlers handlers, Pods pods) {
    this.launcher = launcher;
    this.layout = layout;
    this.handlers = handlers;
    this.pods = pods;
  }

  /** Starts a shim for a created container; no process of the container runs yet. */
  Shim launch(Container container) throws IOException {
    OciRuntime.Options runtime = runtime(container).options();
    ContainerConfig config = container.config();
    Optional<Path> log =
        container.logFile().isEmpty()
            ? Optional.empty()
            : Optional.of(Path.of(container.logFile()));
    if (log.isPresent()) {
      Files.createDirectories(log.get().getParent());
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
            false,
            config.tty(),
            config.stdin(),
            config.stdinOnce(),
            log,
            0,
            layout.exitRecord(container.id()),
            Optional.empty()));
  }

  Shim connect(String id, Duration timeout) throws IOException {
    return launcher.connect(layout.container(id), timeout);
  }

  /** What the shim wrote when the container ended. */
  Optional<Exit> exitRecord(String id) {
    Path file = layout.exitRecord(id);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      ExitRecord record = ExitRecord.read(file);
      return Optional.of(Exit.of(record.exitCode(), record.finishedAtNanos(), record.oomKilled()));
    } catch (IOException e) {
      log.error("exit record {} can't be read: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Ends and forgets a container whose shim is gone, as far as the OCI runtime knows it. */
  void forceDelete(Optional<Container> container) {
    if (container.isPresent()) {
      try {
        runtime(container.get()).delete(container.get().id());
      } catch (OciException e) {
        log.warn("container {} could not be deleted: {}", container.get().id(), e.getMessage());
      }
    }
  }

  private OciRuntime runtime(Container container) {
    return handlers.require(pods.require(container.podId()).config().handler()).runtime();
  }
}
