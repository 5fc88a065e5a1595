package io.jcri.daemon.recovery;

import static io.jcri.daemon.core.Attempts.attempt;
import static io.jcri.daemon.core.Attempts.children;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jcri.daemon.checkpoint.Freeze;
import io.jcri.daemon.checkpoint.PodRestore;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.pod.UnreadablePod;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon that died in the middle of a checkpoint or restore has left: paused containers go
 * on, half a pod goes, half a checkpoint too.
 */
public final class CheckpointLeftovers {
  private static final Logger log = LoggerFactory.getLogger(CheckpointLeftovers.class);

  private final Pods pods;
  private final Containers containers;
  private final Handlers handlers;
  private final Layout layout;
  private final PodRestore restore;

  public CheckpointLeftovers(
      Pods pods, Containers containers, Handlers handlers, Layout layout, PodRestore restore) {
    this.pods = pods;
    this.containers = containers;
    this.handlers = handlers;
    this.layout = layout;
    this.restore = restore;
  }

  /**
   * Called once, after the records were taken up and before calls are served.
   *
   * @param complete whether all records were found: else a checkpoint may be waited for
   */
  void end(boolean complete) {
    for (Path note : children(layout.paused())) {
      attempt("container of " + note, () -> letGoOn(note));
    }
    for (Path note : children(layout.restoring())) {
      attempt("pod of " + note, () -> restore.remove(String.valueOf(note.getFileName()), note));
    }
    for (Path checkpoint : complete ? children(layout.checkpoints()) : List.<Path>of()) {
      attempt(checkpoint.toString(), () -> forget(checkpoint));
    }
  }

  private void letGoOn(Path note) throws IOException {
    String id = String.valueOf(note.getFileName());
    String stage = Files.readString(note);
    if (!stage.isEmpty()) {
      endCapture(stage);
    }
    Optional<Container> container = containers.find(id);
    if (container.isPresent()) {
      resume(container.get());
    }
    if (!stage.isEmpty()) {
      FileTrees.delete(Path.of(stage));
    }
    Files.delete(note);
    log.warn("container {} goes on: the daemon had ended while it was paused", id);
  }

  /**
   * A pod whose record can't be read, or that can't be told, does not say of which handler its
   * container is. The runtimes that do not know the container say so, and that is fine if another
   * does: that one may not be offered today. By what is thrown the note stays, and the next daemon
   * tries again, until the container is removed.
   */
  private void resume(Container container) {
    Optional<Pod> pod = pods.find(container.podId()).filter(found -> !UnreadablePod.isOne(found));
    if (pod.isPresent()) {
      boolean _ =
          Freeze.resume(handlers.require(pod.get().config().handler()).runtime(), container.id());
      return;
    }
    RuntimeException failure =
        JcriException.precondition(
            "no runtime that is offered knows container " + container.id() + ", which was paused");
    for (Handler handler : handlers.all().values()) {
      try {
        if (Freeze.resume(handler.runtime(), container.id())) {
          return;
        }
      } catch (OciException | JcriException e) {
        failure = e;
      }
    }
    throw failure;
  }

  /** CRIU, if it is still at work, would pause the container once more when it is done. */
  private static void endCapture(String stage) {
    List<ProcessHandle> runtimes =
        ProcessHandle.allProcesses()
            .filter(process ->
                Stream.of(process.info().arguments().orElse(new String[0])).anyMatch(stage::equals))
            .toList();
    for (ProcessHandle runtime : runtimes) {
      List<ProcessHandle> all = Stream.concat(runtime.descendants(), Stream.of(runtime)).toList();
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(process -> process.onExit().completeOnTimeout(process, 5, SECONDS).join());
    }
  }

  /** It is kept for a container that was restored and not yet started, or may have been. */
  private void forget(Path checkpoint) throws IOException {
    boolean waiting =
        containers
            .find(String.valueOf(checkpoint.getFileName()))
            .filter(container ->
                container.phase() == ContainerPhase.CREATED
                    || UnreadableContainer.why(container).isPresent())
            .isPresent();
    if (!waiting) {
      FileTrees.delete(checkpoint);
    }
  }
}
