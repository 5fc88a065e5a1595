package io.jcri.daemon.checkpoint;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerCreation;
import io.jcri.daemon.container.ContainerLog;
import io.jcri.daemon.container.Relabel;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.Json;
import io.jcri.oci.archive.FileArchive;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Gives a created container what its archive holds: the writable layer, the volumes, the log and
 * the images that its start continues from. The archive is hostile until it agrees with the
 * container.
 *
 * <p>Thread-safe.
 */
final class ContainerRestore {
  /** Far above what CRIU writes for the largest container. */
  private static final int MAX_ENTRIES = 200_000;

  private final RootFilesystems rootFilesystems;
  private final Layout layout;
  private final FileArchive archives;
  private final Relabel relabel;
  private final Syscalls syscalls;

  ContainerRestore(
      RootFilesystems rootFilesystems, Layout layout, FileArchive archives, Syscalls syscalls) {
    this.rootFilesystems = rootFilesystems;
    this.layout = layout;
    this.archives = archives;
    this.relabel = new Relabel(syscalls);
    this.syscalls = syscalls;
  }

  /**
   * Fills a created container.
   *
   * @throws JcriException INVALID when the archive is not one of such a container
   */
  void fill(Pod pod, Container container, Path archive) throws IOException {
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
}
