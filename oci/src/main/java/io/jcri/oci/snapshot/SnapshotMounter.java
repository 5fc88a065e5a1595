package io.jcri.oci.snapshot;

import io.jcri.oci.file.Trees;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.Stacks;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import io.jcri.sandbox.mount.OverlayMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Puts a snapshot's layers together as one overlay. Thread-safe. */
final class SnapshotMounter {

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
   * Of a single layer alone there is no overlay, only a copy of its mount, which takes no label.
   */
  private List<Path> lowerDirs(Snapshot snapshot, List<Path> trees) {
    if (trees.isEmpty()) {
      return List.of(emptyLayer);
    }
    return trees.size() == 1 && snapshot.readOnly() && snapshot.label().isPresent()
        ? List.of(trees.getFirst(), emptyLayer)
        : trees;
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
