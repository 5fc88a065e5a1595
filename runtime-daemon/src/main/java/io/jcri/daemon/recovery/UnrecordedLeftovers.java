package io.jcri.daemon.recovery;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerShims;
import io.jcri.daemon.core.Attempts;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.pod.SandboxContainers;
import io.jcri.daemon.record.Registry;
import io.jcri.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what runs though no record tells of it, not even one that can't be read: the kubelet can't
 * ask for that any more. Looks only for what this daemon's own state directory names.
 */
public final class UnrecordedLeftovers {
  private static final Logger log = LoggerFactory.getLogger(UnrecordedLeftovers.class);

  private final Layout layout;
  private final Registry<Container> containers;
  private final Pods pods;
  private final ContainerShims shims;
  private final RootFilesystems rootFilesystems;
  private final PodNetworks networks;
  private final Sandboxes sandboxes;
  private final SandboxContainers sandboxContainers;

  public UnrecordedLeftovers(
      Layout layout,
      Registry<Container> containers,
      Pods pods,
      ContainerShims shims,
      RootFilesystems rootFilesystems,
      PodNetworks networks,
      Sandboxes sandboxes,
      SandboxContainers sandboxContainers) {
    this.layout = layout;
    this.containers = containers;
    this.pods = pods;
    this.shims = shims;
    this.rootFilesystems = rootFilesystems;
    this.networks = networks;
    this.sandboxes = sandboxes;
    this.sandboxContainers = sandboxContainers;
  }

  /** What it is that no record tells of. */
  public enum Kind {
    CONTAINER("container"),
    ROOT_FILE_SYSTEM("root file system of container"),
    SANDBOX("pod sandbox");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** For people, before an ID. */
    public String words() {
      return words;
    }
  }

  /** One of them. */
  public record Leftover(Kind kind, String id) {}

  /**
   * Looks, after the records were taken up. New pods may come meanwhile: their record is there
   * before their directory is. Who looks while calls are served may find what just goes: that is
   * not there at the next look.
   */
  List<Leftover> find() {
    List<Leftover> found = new ArrayList<>();
    for (String id : names(layout.containers())) {
      if (containers.get(id).isEmpty()) {
        found.add(new Leftover(Kind.CONTAINER, id));
      }
    }
    // After a reboot there is no directory: only what is on the disk tells of them.
    for (String id : rootFileSystems()) {
      if (containers.get(id).isEmpty() && !found.contains(new Leftover(Kind.CONTAINER, id))) {
        found.add(new Leftover(Kind.ROOT_FILE_SYSTEM, id));
      }
    }
    for (String id : names(layout.pods())) {
      if (pods.find(id).isEmpty()) {
        found.add(new Leftover(Kind.SANDBOX, id));
      }
    }
    return found;
  }

  /** Ends one; what goes wrong is logged. */
  void end(Leftover leftover) {
    String what = leftover.kind().words() + " " + leftover.id();
    log.warn("{} has no record and is ended", what);
    Attempts.attempt(
        what + ", of which there is no record,",
        () -> {
          switch (leftover.kind()) {
            case CONTAINER -> endContainer(leftover.id());
            case ROOT_FILE_SYSTEM -> rootFilesystems.release(leftover.id());
            case SANDBOX -> endSandbox(leftover.id());
          }
        });
  }

  private Collection<String> rootFileSystems() {
    try {
      return rootFilesystems.containers();
    } catch (RuntimeException e) {
      Faults.error(log, "cannot look for root file systems without a container", e);
      return List.of();
    }
  }

  private void endContainer(String id) throws IOException {
    shims.discardUnknown(id);
    rootFilesystems.release(id);
    FileTrees.delete(layout.container(id));
  }

  private void endSandbox(String id) throws IOException {
    sandboxContainers.end(id, Optional.empty());
    networks.leave(id, layout.podNetworkNamespace(id));
    sandboxes.destroy(id, layout.pod(id), Optional.empty(), List.of());
    FileTrees.delete(layout.pod(id));
  }

  private static List<String> names(Path directory) {
    return Attempts.children(directory).stream()
        .map(path -> String.valueOf(path.getFileName()))
        .toList();
  }
}
