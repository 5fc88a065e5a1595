package io.jcri.daemon.checkpoint;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerConfig;
import io.jcri.daemon.container.ContainerCreation;
import io.jcri.daemon.container.ContainerLog;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.Relabel;
import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodClaim;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.PodMetadata;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.Json;
import io.jcri.oci.archive.FileArchive;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** Far above what CRIU writes for the largest container. */
  private static final int MAX_ENTRIES = 200_000;

  private final Pods pods;
  private final Containers containers;
  private final Handlers handlers;
  private final RootFilesystems rootFilesystems;
  private final Layout layout;
  private final FileArchive archives;
  private final Criu criu;
  private final Relabel relabel;
  private final Syscalls syscalls;

  PodRestore(
      Pods pods,
      Containers containers,
      Handlers handlers,
      RootFilesystems rootFilesystems,
      Layout layout,
      FileArchive archives,
      Criu criu,
      Relabel relabel,
      Syscalls syscalls) {
    this.syscalls = syscalls;
    this.pods = pods;
    this.containers = containers;
    this.handlers = handlers;
    this.rootFilesystems = rootFilesystems;
    this.layout = layout;
    this.archives = archives;
    this.criu = criu;
    this.relabel = relabel;
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
    Handlers.Handler handler = handlers.require(config.handler());
    handler
        .problem()
        .ifPresent(why -> {
          throw JcriException.precondition(why);
        });
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
              fill(pods.require(podId), containers.require(id), archive);
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

  /** A created container gets the writable layer, the log and the images of the archive. */
  private void fill(Pod pod, Container container, Path archive) throws IOException {
    Path stage = layout.checkpoint(container.id());
    Files.createDirectory(stage, Capture.PRIVATE_DIRECTORY);
    unpack(archive, stage);
    String name = container.config().name();
    Metadata.Status status =
        Json.parse(Metadata.read(member(stage, Metadata.STATUS, archive)), Metadata.Status.class);
    if (!status.imageId().equals(container.image().id())) {
      throw JcriException.invalid(
          "container %s cannot be restored: its image is %s in the request, %s in the checkpoint"
              .formatted(name, container.image().id(), status.imageId()));
    }
    byte[] spec = Files.readAllBytes(layout.bundle(container.id()).resolve("config.json"));
    CheckpointMatch.require(name, Metadata.read(member(stage, Metadata.SPEC, archive)), spec);
    if (!Files.isDirectory(Layout.checkpointImages(stage))) {
      throw JcriException.invalid(archive + " holds no images of CRIU");
    }
    Privileges.check(
        name,
        Layout.checkpointImages(stage),
        container.process().orElseThrow(),
        CheckpointMatch.hasSeccomp(spec));
    Path changes = stage.resolve(Capture.CHANGES);
    if (Files.exists(changes)) {
      try (InputStream in = Files.newInputStream(changes)) {
        rootFilesystems.unpackChanges(
            container.id(), in, Files.size(changes), ContainerCreation.userNamespace(pod));
      }
    }
    Path volumes = stage.resolve(Capture.VOLUMES);
    if (Files.exists(volumes)) {
      fillVolumes(container.id(), volumes, CheckpointMatch.mountLabel(spec));
    }
    continueLog(stage.resolve(Capture.LOG), pod, container);
    keepImagesOnly(stage);
  }

  private void fillVolumes(String id, Path archive, Optional<String> label) throws IOException {
    if (!rootFilesystems.hasVolumes(id)) {
      throw JcriException.invalid("checkpoint has volumes of an image, container " + id + " none");
    }
    try (InputStream in = Files.newInputStream(archive, LinkOption.NOFOLLOW_LINKS)) {
      for (Path volume : rootFilesystems.unpackVolumes(id, in, Files.size(archive))) {
        if (label.isPresent()) {
          relabel.apply(volume, label.get());
        }
      }
    }
  }

  private void unpack(Path archive, Path stage) throws IOException {
    if (!Files.isRegularFile(archive, LinkOption.NOFOLLOW_LINKS)) {
      throw JcriException.invalid("checkpoint has no archive " + archive);
    }
    try (InputStream in = Files.newInputStream(archive, LinkOption.NOFOLLOW_LINKS)) {
      // An archive without holes holds no more than its own size.
      archives.unpack(in, stage, new FileArchive.Limits(MAX_ENTRIES, Files.size(archive)));
    }
  }

  private static Path member(Path stage, String name, Path archive) {
    Path file = stage.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw JcriException.invalid(archive + " has no " + name);
    }
    return file;
  }

  /** What the container has said before; a log that is there already is not touched. */
  private void continueLog(Path from, Pod pod, Container container) throws IOException {
    Optional<ContainerLog> log = ContainerLog.of(pod, container);
    if (log.isEmpty() || !Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.createDirectories(log.get().directory());
    Optional<OutputStream> created = log.get().create(syscalls);
    if (created.isPresent()) {
      try (OutputStream out = created.get()) {
        Files.copy(from, out);
      }
    }
  }

  private static void keepImagesOnly(Path stage) throws IOException {
    try (var members = Files.newDirectoryStream(stage)) {
      for (Path member : members) {
        if (!member.equals(Layout.checkpointImages(stage))) {
          FileTrees.delete(member);
          Files.deleteIfExists(member);
        }
      }
    }
  }

  private void undo(String podId, Path note, Exception why) {
    try {
      remove(podId, note);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
      log.error("pod sandbox {}, whose restore failed, could not be removed", podId, e);
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
