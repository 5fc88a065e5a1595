package io.jcri.daemon.container;

import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.image.RootFilesystems.UserNamespace;
import io.jcri.oci.image.Image;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.spec.ContainerMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a container has of the node before anything of it runs: its root file system, what its plan
 * says is to be mounted, its bundle. All that a creation does to the node is done here.
 *
 * <p>It can be let go in two ways. Whoever makes a container has an {@link UndoList}; whoever
 * removes one, perhaps of a daemon that has died over it, needs only its id. So nothing is made
 * here before the container's record, nor with a name that its id does not tell. Two things stay
 * either way: a host path that was made since it was missing, as others may be using it by now, and
 * the label that a host path was given, as nobody knows the one before.
 *
 * <p>Thread-safe for different containers.
 */
public final class ContainerResources {
  private final RootFilesystems rootFilesystems;
  private final ImageVolumes images;
  private final DeclaredVolumes declared;
  private final BindMounts binds;
  private final Supplier<List<Path>> neverMade;
  private final TimeZones timeZones;
  private final Relabel relabel;
  private final Layout layout;

  /**
   * For all containers.
   *
   * @param neverMade host paths that are not made for a mount when they are not there
   */
  ContainerResources(
      RootFilesystems rootFilesystems,
      ImageVolumes images,
      DeclaredVolumes declared,
      BindMounts binds,
      Supplier<List<Path>> neverMade,
      TimeZones timeZones,
      Relabel relabel,
      Layout layout) {
    this.rootFilesystems = rootFilesystems;
    this.images = images;
    this.declared = declared;
    this.binds = binds;
    this.neverMade = neverMade;
    this.timeZones = timeZones;
    this.relabel = relabel;
    this.layout = layout;
  }

  /**
   * Mounts a container's root file system.
   *
   * @param copied as for {@link RootFilesystems#prepare}
   * @param user the user namespace whose ids its files are to have, empty for the host's
   * @param label of SELinux that all its files show
   * @return where
   */
  Path mountRoot(
      String id,
      Image image,
      boolean copied,
      Optional<UserNamespace> user,
      Optional<String> label,
      UndoList undoList)
      throws IOException {
    undoList.add("root file system of container " + id, () -> rootFilesystems.release(id));
    Path rootfs = rootFilesystems.prepare(id, image, copied, user, label);
    if (copied && label.isPresent()) {
      relabel.apply(rootfs, label.get());
    }
    timeZones.makeRoom(rootfs);
    return rootfs;
  }

  /**
   * Carries out what is to be mounted, and tells how the runtime is to show it.
   *
   * @param user as for {@link #mountRoot}, which has come before
   * @return as {@link MountPlan#with} wants it
   */
  List<ContainerMount> acquire(
      Container container, MountPlan plan, Optional<UserNamespace> user, UndoList undoList)
      throws IOException {
    List<ContainerMount> asked = new ArrayList<>();
    for (MountRequest request : plan.asked()) {
      asked.addAll(acquire(container, request, user, undoList));
    }
    List<ContainerMount> shown = new ArrayList<>();
    for (MountRequest request : plan.declared()) {
      shown.addAll(acquire(container, request, user, undoList));
    }
    shown.addAll(asked);
    return shown;
  }

  private List<ContainerMount> acquire(
      Container container, MountRequest request, Optional<UserNamespace> user, UndoList undoList)
      throws IOException {
    String id = container.id();
    return switch (request) {
      case MountRequest.HostPath path -> List.of(bind(path));
      case MountRequest.OfImage image -> {
        undoList.add(
            "image volume %d of container %s".formatted(image.number(), id),
            () -> rootFilesystems.releaseVolume(id, image.number()));
        yield List.of(images.mount(id, image, user));
      }
      case MountRequest.TimeZone() -> timeZones.mount().stream().toList();
      case MountRequest.Declared volumes -> declared.make(container, volumes, user);
    };
  }

  private ContainerMount bind(MountRequest.HostPath path) throws IOException {
    Path source = path.bind().hostPath();
    if (neverMade.get().contains(source.normalize()) && !Files.exists(source)) {
      throw JcriException.precondition(
          "host path %s of a mount is not there, and containers.absent_mount_sources_to_reject has it"
              .formatted(source));
    }
    ContainerMount mount = binds.resolve(path.bind());
    if (path.label().isPresent()) {
      relabel.apply(Path.of(mount.source()), path.label().get());
    }
    return mount.plusOptions(path.options());
  }

  /** Writes what the OCI runtime reads. */
  void writeBundle(String id, byte[] config, UndoList undoList) throws IOException {
    undoList.add("files of container " + id, () -> FileTrees.delete(layout.container(id)));
    Path bundle = Files.createDirectories(layout.bundle(id));
    Files.write(bundle.resolve("config.json"), config);
  }

  /** Deletes the files of a container that does not run. Idempotent. */
  void deleteFiles(String id) throws IOException {
    FileTrees.delete(layout.container(id));
    FileTrees.delete(layout.checkpoint(id));
  }

  /** Unmounts and deletes all that {@link #mountRoot} and {@link #acquire} make. Idempotent. */
  void releaseMounts(String id) throws IOException {
    rootFilesystems.release(id);
  }

  /** Unmounts the image volumes of a container that has ended for good. Idempotent. */
  void releaseVolumes(String id) {
    rootFilesystems.releaseVolumes(id);
  }
}
