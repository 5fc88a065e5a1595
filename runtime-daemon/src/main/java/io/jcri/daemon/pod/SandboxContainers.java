package io.jcri.daemon.pod;

import io.jcri.daemon.config.PodSandbox;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.oci.spec.SpecWriter;
import io.jcri.sandbox.cgroup.Cgroups;
import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import io.jcri.shim.ShimLauncher;
import io.jcri.shim.ShimSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandbox containers of pods whose handler wants one: runtimes with a kernel for each pod put
 * its containers into one that is there before them. It has the pod's id, a process that only
 * waits, and a shim as every container has. Its end is the pod's. Where a shim of containerd's has
 * a sandbox of its own, that takes its place: there is no process of a container then, and all else
 * is the same, as {@code jcri-task} makes it look like one.
 *
 * <p>Thread-safe; two calls for one pod must not overlap.
 */
public final class SandboxContainers {
  private static final Logger log = LoggerFactory.getLogger(SandboxContainers.class);

  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(10);

  private final ShimLauncher launcher;
  private final Layout layout;
  private final Handlers handlers;
  private final CgroupPaths cgroups;
  private final Cgroups kernelCgroups;
  private final Path pause;
  private final SandboxRequest request;
  private final Map<String, Shim> shims = new ConcurrentHashMap<>();

  /**
   * With what they are made.
   *
   * @param pause the program that waits
   * @param request what a shim is told that has a sandbox of its own
   */
  public SandboxContainers(
      ShimLauncher launcher,
      Layout layout,
      Handlers handlers,
      CgroupPaths cgroups,
      Cgroups kernelCgroups,
      Path pause,
      SandboxRequest request) {
    this.launcher = launcher;
    this.layout = layout;
    this.handlers = handlers;
    this.cgroups = cgroups;
    this.kernelCgroups = kernelCgroups;
    this.pause = pause;
    this.request = request;
  }

  /** Whether a pod gets one. */
  boolean wanted(Pod pod) {
    return handlers.require(pod.config().handler()).sandboxContainer();
  }

  /** Whether a pod may have had one; a handler that is not configured any more can't tell. */
  boolean mayHaveHad(Pod pod) {
    @Nullable Handler handler = handlers.all().get(pod.config().handler());
    return handler == null || handler.sandboxContainer();
  }

  /** Whether a pod has one, or what is left of it. */
  boolean present(String id) {
    return Files.exists(layout.podContainer(id));
  }

  /**
   * Makes and starts that of a pod; what a failure leaves is {@link #end}'s to take away.
   *
   * @throws JcriException INTERNAL with the OCI runtime's own text
   */
  void start(Pod pod) throws IOException {
    String id = pod.id();
    Handler handler = handlers.require(pod.config().handler());
    Path bundle = layout.podContainer(id).resolve("bundle");
    Path rootfs = bundle.resolve("rootfs");
    Files.createDirectories(rootfs);
    Files.setPosixFilePermissions(
        layout.podContainer(id), PosixFilePermissions.fromString("rwx------"));
    if (handler.sandbox() == PodSandbox.SHIM) {
      writeRequest(pod, handler);
    } else {
      Files.copy(pause, rootfs.resolve("pause"));
    }
    String parent = pod.config().cgroupParent();
    Files.write(
        bundle.resolve("config.json"),
        SpecWriter.toJson(
            SandboxContainerSpec.of(
                pod,
                handler.annotations(),
                rootfs,
                layout.podResolvConf(id),
                cgroups.sandboxContainer(parent, id))));
    try {
      Shim shim = launcher.launch(shimSpec(pod, handler, bundle));
      shims.put(id, shim);
      int _ = shim.start(handler.rules().createTimeout());
    } catch (ShimException e) {
      throw new JcriException(
          JcriException.Kind.INTERNAL,
          "the %s of pod %s (handler %s) could not be started: %s"
              .formatted(
                  handler.sandbox() == PodSandbox.SHIM ? "sandbox" : "sandbox container",
                  pod.config().metadata(),
                  pod.config().handler(),
                  e.getMessage()),
          e);
    }
  }

  private void writeRequest(Pod pod, Handler handler) throws IOException {
    Files.write(
        requestFile(pod.id()),
        request.of(
            pod,
            handler.annotations().of(pod.config().annotations(), Map.of()),
            SandboxContainerSpec.annotations(pod, handler.annotations())));
  }

  private Path requestFile(String id) {
    return layout.podContainer(id).resolve("create-sandbox");
  }

  private List<String> runtimeArguments(String id, Handler handler) {
    List<String> arguments = new ArrayList<>(handler.runtimeArguments(id));
    if (handler.sandbox() == PodSandbox.SHIM) {
      arguments.addAll(List.of("--sandbox-request", requestFile(id).toString()));
    }
    return arguments;
  }

  private ShimSpec shimSpec(Pod pod, Handler handler, Path bundle) {
    OciRuntime.Options runtime = handler.runtime().options();
    Path directory = layout.podContainer(pod.id());
    return new ShimSpec(
        pod.id(),
        bundle,
        directory,
        runtime.binary(),
        runtime.root(),
        runtimeArguments(pod.id(), handler),
        runtime.systemdCgroup(),
        false,
        handler.shim(),
        false,
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        0,
        directory.resolve("exit"),
        Optional.of(cgroups.sandboxContainerDirectory(pod.config().cgroupParent(), pod.id())),
        Optional.empty(),
        Optional.empty());
  }

  /** Finds the container that a daemon before this one has started; says whether it runs. */
  boolean takeUp(String id) {
    try {
      Shim shim = launcher.connect(layout.podContainer(id), ANSWER_PATIENCE);
      shims.put(id, shim);
      return shim.exit().isEmpty();
    } catch (IOException e) {
      log.warn("the sandbox container of pod sandbox {} is lost: {}", id, e.getMessage());
      return false;
    }
  }

  /** Calls the action when the container has ended, or its shim has and nobody could tell. */
  void onEnd(String id, Runnable action) {
    @Nullable Shim shim = shims.get(id);
    if (shim != null) {
      shim.onExit(_ -> Thread.ofVirtual().name("sandbox container of " + id).start(action));
      shim.onLost(() -> Thread.ofVirtual().name("sandbox container of " + id).start(action));
    }
  }

  /**
   * Ends the container and removes what it was made of; does nothing where there is none.
   *
   * @param pod empty when nothing is known of it but its id
   * @throws IOException when it can't be ended: it may be tried again
   */
  public void end(String id, Optional<Pod> pod) throws IOException {
    if (!present(id)) {
      return;
    }
    if (!endedByShim(id, pod)) {
      delete(id, pod);
    }
    if (pod.isPresent()) {
      // One that was killed may have been forgotten with its group.
      boolean _ =
          kernelCgroups.removeIfEmpty(
              cgroups.sandboxContainerDirectory(pod.get().config().cgroupParent(), id));
    }
    FileTrees.delete(layout.podContainer(id));
  }

  private boolean endedByShim(String id, Optional<Pod> pod) throws IOException {
    @Nullable Shim known = shims.remove(id);
    try (Shim shim =
        known == null ? launcher.connect(layout.podContainer(id), ANSWER_PATIENCE) : known) {
      try {
        shim.delete();
        return true;
      } catch (ShimException e) {
        log.warn("the shim of pod sandbox {} does not end its container: {}", id, e.getMessage());
        shim.process().signal(ProcessCalls.SIGKILL);
      }
    } catch (ShimException e) {
      log.debug("pod sandbox {} has no shim that answers: {}", id, e.getMessage());
    }
    if (pod.isPresent()) {
      kernelCgroups.remove(
          cgroups.sandboxContainerDirectory(pod.get().config().cgroupParent(), id));
    }
    return false;
  }

  /** What the OCI runtime knows of it, past a shim that is gone or was refused. */
  private void delete(String id, Optional<Pod> pod) {
    Optional<Handler> known =
        pod.map(p -> p.config().handler()).map(name -> handlers.all().get(name));
    known
        .map(List::of)
        .orElseGet(
            () -> handlers.all().values().stream().filter(Handler::sandboxContainer).toList())
        .forEach(handler -> deleteBy(handler, id));
  }

  /** A runtime that fails keeps nobody from forgetting the pod: its processes were killed. */
  private static void deleteBy(Handler handler, String id) {
    try {
      handler.runtime().delete(id);
    } catch (OciException | JcriException e) {
      log.warn("the sandbox container of pod sandbox {} is not deleted: {}", id, e.getMessage());
    }
  }
}
