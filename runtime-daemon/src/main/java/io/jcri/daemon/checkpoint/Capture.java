package io.jcri.daemon.checkpoint;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerLog;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.system.LogTail;
import io.jcri.oci.OciException;
import io.jcri.oci.archive.FileArchive;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.sandbox.linux.Syscalls;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one paused container as files in a directory, and the archive made of them. All are
 * root's alone: they hold the container's memory.
 *
 * <p>Thread-safe for different containers.
 */
final class Capture {
  private static final Logger log = LoggerFactory.getLogger(Capture.class);

  static final String CHANGES = "rootfs-diff.tar";
  static final String VOLUMES = "volumes.tar";
  static final String LOG = "container.log";
  private static final String DUMP_LOG = "dump.log";
  private static final int BUFFER = 256 << 10;

  /** What can be read without unpacking the large rest comes first. */
  private static final List<String> MEMBERS =
      List.of(
          Metadata.CONFIG,
          Metadata.SPEC,
          Metadata.STATUS,
          Metadata.TIMES,
          DUMP_LOG,
          "stats-dump",
          LOG,
          CHANGES,
          VOLUMES,
          "checkpoint");

  static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final RootFilesystems rootFilesystems;
  private final Layout layout;
  private final FileArchive archives;
  private final Syscalls syscalls;

  Capture(RootFilesystems rootFilesystems, Layout layout, FileArchive archives, Syscalls syscalls) {
    this.syscalls = syscalls;
    this.rootFilesystems = rootFilesystems;
    this.layout = layout;
    this.archives = archives;
  }

  /**
   * Refuses a container that cannot be captured whole, before it is paused.
   *
   * @throws OciException FAILED_PRECONDITION
   */
  void require(String id) {
    rootFilesystems.requireChanges(id);
  }

  /**
   * Makes a directory that does not exist, with CRIU's images of a paused container. Keeps to the
   * budget by itself: CRIU must not be interrupted at any moment, see {@link
   * OciRuntime#checkpoint}.
   *
   * @throws OciException with the last words of CRIU's log when it fails
   */
  void dump(String id, OciRuntime runtime, Path stage, Budget budget) throws IOException {
    Files.createDirectory(stage, PRIVATE_DIRECTORY);
    Path criu = Files.createDirectory(Layout.checkpointImages(stage), PRIVATE_DIRECTORY);
    try {
      runtime.checkpoint(id, criu, stage, budget.left("checkpoint of container " + id));
    } catch (OciException e) {
      String words = LogTail.of(stage.resolve(DUMP_LOG));
      throw words.isEmpty()
          ? e
          : new OciException(e.kind(), e.getMessage() + "; CRIU's last words: " + words, e);
    }
  }

  /**
   * Adds the rest.
   *
   * @param pod the container's
   * @param container still paused
   * @param handler its runtime's name
   */
  void complete(Pod pod, Container container, String handler, Path stage) throws IOException {
    String id = container.id();
    try (OutputStream out = create(stage.resolve(CHANGES))) {
      rootFilesystems.packChanges(id, out);
    }
    if (rootFilesystems.hasVolumes(id)) {
      try (OutputStream out = create(stage.resolve(VOLUMES))) {
        rootFilesystems.packVolumes(id, out);
      }
    }
    Metadata.write(stage, container, handler, layout.bundle(id).resolve("config.json"));
    Optional<ContainerLog> said = ContainerLog.of(pod, container);
    Optional<InputStream> text = said.isPresent() ? said.get().read(syscalls) : Optional.empty();
    if (text.isPresent()) {
      try (InputStream in = text.get();
          OutputStream out = create(stage.resolve(LOG))) {
        in.transferTo(out);
      }
    }
    log.info("container {} is captured", id);
  }

  private static OutputStream create(Path file) throws IOException {
    return new BufferedOutputStream(
        Channels.newOutputStream(
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PRIVATE_FILE)),
        BUFFER);
  }

  /** Packs such a directory into a file that does not exist, and has it on the disk. */
  void archive(Path stage, Path file) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PRIVATE_FILE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)) {
      archives.pack(stage, MEMBERS, out);
      out.flush();
      channel.force(true);
    }
  }
}
