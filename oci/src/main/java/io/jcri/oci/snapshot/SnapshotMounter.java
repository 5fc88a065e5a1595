package io.jcri.oci.snapshot;

import io.jcri.oci.file.TreeCopy;
import io.jcri.oci.file.Trees;
import io.jcri.oci.file.VolumeLimits;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.Stacks;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.sandbox.mount.OverlayMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Puts a snapshot's layers together as one overlay, or copies them. Thread-safe. */
final class SnapshotMounter {

  private static final int DIRECTORY = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY;

  private static final TreeCopy.Budget ROOT =
      new TreeCopy.Budget(
          "root file system", VolumeLimits.MAX_ROOT_BYTES, VolumeLimits.MAX_ROOT_ENTRIES);

  private final Syscalls sys;
  private final Mounts mounts;
  private final Path emptyLayer;

  /**
   * @param emptyLayer an empty directory, the lower dir where an image has none
   */
  SnapshotMounter(Syscalls sys, Mounts mounts, Path emptyLayer) {
    this.sys = sys;
    this.mounts = mounts;
    this.emptyLayer = emptyLayer;
  }

  /**
   * Mounts a snapshot, on a work dir of its own when it is writable.
   *
   * @param stack from the lowest layer
   * @param userNamespace file of the user namespace whose ids the container sees
   */
  void mount(
      SnapshotDirectory directory,
      Snapshot snapshot,
      List<Layer> stack,
      Optional<Path> userNamespace)
      throws IOException {
    if (snapshot.copied()) {
      // The ids are in the copy.
      mounts.bind(snapshot.upper(), snapshot.rootfs(), false);
      return;
    }
    OverlayMount overlay = OverlayMount.ofLayers(lowerDirs(snapshot, Stacks.directories(stack)));
    if (!snapshot.readOnly()) {
      Path work = directory.work();
      // One that was mounted volatile before is refused by the kernel; its content is worth
      // nothing.
      Trees.delete(sys, work);
      Files.createDirectory(work);
      overlay = overlay.withUpper(snapshot.upper(), work, true);
    }
    if (userNamespace.isPresent()) {
      overlay = overlay.idMapped(userNamespace.get());
    }
    if (snapshot.label().isPresent()) {
      overlay = overlay.labelled(snapshot.label().get());
    }
    mounts.overlay(overlay, snapshot.rootfs());
  }

  /**
   * Of a single layer alone there is no overlay, only a copy of its mount, which takes no label and
   * shows whiteouts.
   */
  private List<Path> lowerDirs(Snapshot snapshot, List<Path> trees) {
    if (trees.isEmpty()) {
      return List.of(emptyLayer);
    }
    boolean alone = (snapshot.readOnly() && snapshot.label().isPresent()) || snapshot.copied();
    return trees.size() == 1 && alone ? List.of(trees.getFirst(), emptyLayer) : trees;
  }

  /**
   * Fills a snapshot's upper dir with all that its layers show, as an overlay of them shows it:
   * with the ids of the user namespace, if there is one. Blocks as long as that takes.
   *
   * @param stack from the lowest layer
   * @throws io.jcri.oci.OciException RESOURCE_EXHAUSTED for more than {@link VolumeLimits} allow
   */
  void copy(
      SnapshotDirectory directory,
      Snapshot snapshot,
      List<Layer> stack,
      Optional<Path> userNamespace)
      throws IOException {
    OverlayMount layers = OverlayMount.ofLayers(lowerDirs(snapshot, Stacks.directories(stack)));
    // Whoever removes a snapshot looks for mounts here, wherever else it has its own.
    Path shown = directory.rootfs();
    mounts.overlay(
        userNamespace.isPresent() ? layers.idMapped(userNamespace.get()) : layers, shown);
    Files.createDirectory(directory.links());
    CopyThread.run(
        snapshot.key(),
        () -> {
          try (Fd from = sys.open(shown.toString(), DIRECTORY, 0);
              Fd to = sys.open(snapshot.upper().toString(), DIRECTORY, 0);
              Fd links = sys.open(directory.links().toString(), DIRECTORY, 0);
              TreeCopy copy = new TreeCopy(sys, links, ROOT)) {
            copy.copy(from, to, "");
          }
          return true;
        });
    Trees.delete(sys, directory.links());
    mounts.unmount(shown);
  }

  /**
   * Gives a new upper dir what the image says of its root: the root of an overlay is that of its
   * upper layer.
   *
   * @param stack from the lowest layer
   * @param mapped whether the ids are those of a user namespace
   */
  void adoptRoot(Path upper, List<Layer> stack, boolean mapped) throws IOException {
    for (Layer layer : stack.reversed()) {
      if (layer.hasRoot()) {
        FileStat stat = sys.fstatat(Fd.CWD, layer.directory().toString());
        if (!mapped && (stat.uid() != 0 || stat.gid() != 0)) {
          sys.fchownat(Fd.CWD, upper.toString(), stat.uid(), stat.gid());
        }
        sys.fchmodat(Fd.CWD, upper.toString(), stat.permissions());
        sys.utimensat(
            Fd.CWD,
            upper.toString(),
            stat.modifiedSec(),
            stat.modifiedNs(),
            stat.modifiedSec(),
            stat.modifiedNs());
        return;
      }
    }
    sys.fchmodat(Fd.CWD, upper.toString(), 0755);
  }
}
