package io.jcri.daemon.checkpoint;

import io.jcri.daemon.container.ContainerConfig;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.PodClaim;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.PodMetadata;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes pods from checkpoints, up to containers that a start lets continue; all or nothing. What
 * the checkpoint holds is copied before anything is made of it, since others may change it
 * meanwhile.
 *
 * <p>Thread-safe.
 */
public final class PodRestore {
  private static final Logger log = LoggerFactory.getLogger(PodRestore.class);

  private final Pods pods;
  private final Containers containers;
  private final Handlers handlers;
  private final Layout layout;
  private final Criu criu;
  private final ContainerRestore contents;

  PodRestore(
      Pods pods,
      Containers containers,
      Handlers handlers,
      Layout layout,
      Criu criu,
      ContainerRestore contents) {
    this.pods = pods;
    this.containers = containers;
    this.handlers = handlers;
    this.layout = layout;
    this.criu = criu;
    this.contents = contents;
  }

  /**
   * A pod made of a checkpoint.
   *
   * @param containerIds by the containers' names, in the order of the request
   */
  public record Restored(String podId, Map<String, String> containerIds) {}

  /**
   * Makes the pod; its containers are created and none of their processes runs.
   *
   * @param checkpoint a directory that {@link Checkpoints#ofPod} has filled; not changed, and not
   *     needed after the return
   * @param wanted a configuration for each container in it
   * @throws JcriException INVALID for a request or checkpoint that does not fit, NOT_FOUND for an
   *     image, ALREADY_EXISTS for a pod of that name, FAILED_PRECONDITION when the node can't
   *     restore it, DEADLINE_EXCEEDED
   */
  public Restored restore(
      Path checkpoint, PodConfig config, List<ContainerConfig> wanted, Budget budget) {
    if (!checkpoint.isAbsolute() || !Files.isDirectory(checkpoint)) {
      throw JcriException.invalid(
          "checkpoint_path is no absolute path of a directory: " + checkpoint);
    }
    Handler handler = handlers.require(config.handler());
    handler
        .problem()
        .ifPresent(why -> {
          throw JcriException.precondition(why);
        });
    if (handler.copiesRoot()) {
      throw JcriException.precondition(
          "handler %s has snapshot = \"copy\": changes of a container cannot be put into a copy of its image"
              .formatted(config.handler()));
    }
    criu.require(handler);
    PodMetadata name = config.metadata();
    try (PodClaim claim = pods.claim(name)) {
      PodManifest manifest = PodManifest.read(checkpoint);
      requireSameNames(manifest.containers().keySet(), wanted);
      manifest.requireRestorable(PodManifest.runtimeName(handler));
      if (pods.list().stream().anyMatch(pod -> pod.config().metadata().equals(name))) {
        throw new JcriException(Kind.ALREADY_EXISTS, "pod " + name + " exists already");
      }
      return make(checkpoint, manifest, claim, config, wanted, budget);
    } catch (IOException e) {
      throw Failures.unchecked(e, "restore of pod " + name);
    }
  }

  private static void requireSameNames(Set<String> there, List<ContainerConfig> wanted) {
    Set<String> names = new HashSet<>();
    for (ContainerConfig config : wanted) {
      if (!names.add(config.name())) {
        throw JcriException.invalid("container_configs has container " + config.name() + " twice");
      }
    }
    if (names.isEmpty() || !names.equals(there)) {
      throw JcriException.invalid(
          "container_configs names containers %s, the checkpoint has %s"
              .formatted(new java.util.TreeSet<>(names), new java.util.TreeSet<>(there)));
    }
  }

  private Restored make(
      Path checkpoint,
      PodManifest manifest,
      PodClaim claim,
      PodConfig config,
      List<ContainerConfig> wanted,
      Budget budget)
      throws IOException {
    Files.createDirectories(layout.restoring());
    Files.createDirectories(layout.checkpoints());
    String podId = claim.run(config);
    Path note = layout.restoring().resolve(podId);
    try {
      Files.write(note, new byte[0]);
      Map<String, String> ids = new LinkedHashMap<>();
      for (ContainerConfig one : wanted) {
        budget.left("restore of container " + one.name());
        String id = containers.create(podId, one);
        ids.put(one.name(), id);
        String was = String.valueOf(manifest.containers().get(one.name()));
        Path archive = checkpoint.resolve(PodManifest.archive(was));
        budget.spend(
            "restore of container " + one.name(),
            () -> {
              contents.fill(pods.require(podId), containers.require(id), archive);
              return true;
            });
      }
      budget.left("restore of pod " + config.metadata());
      Files.delete(note);
      return new Restored(podId, ids);
    } catch (IOException | RuntimeException e) {
      undo(podId, note, e);
      throw e;
    }
  }

  private void undo(String podId, Path note, Exception why) {
    try {
      remove(podId, note);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
      Faults.error(
          log, "pod sandbox %s, whose restore failed, could not be removed".formatted(podId), e);
    }
  }

  /** Ends a restore that did not come to its end. */
  public void remove(String podId, Path note) throws IOException {
    pods.markStopping(podId);
    containers.removeAll(podId);
    pods.remove(podId);
    Files.deleteIfExists(note);
  }
}
