package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.KernelFault;
import io.jcri.oci.layer.UnpackedLayer.MissingLink;
import io.jcri.oci.tar.EntryPath;
import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Completes a layer that was unpacked alone with what only the layers below it know: the attributes
 * of directories for which it has no entry, directories that are reached through a link of a lower
 * layer, and hard links to lower files. So the result is what unpacking all layers in order into
 * one directory gives. Most images need none of it.
 */
final class LayerRebase {

  private static final int DIRECTORY = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY;

  private final Syscalls sys;
  private final Fd own;
  private final Fd below;
  private final String belowName;
  private final CopyUp copies;

  private LayerRebase(Syscalls sys, Fd own, Fd below, CopyUp copies) throws IOException {
    this.sys = sys;
    this.own = own;
    this.below = below;
    this.copies = copies;
    this.belowName = sys.readlinkat(Fd.CWD, below.procPath());
  }

  /**
   * Changes the layer's tree.
   *
   * @param tree of the layer
   * @param lower the layers below it as one tree
   * @return what the tree takes now
   * @throws io.jcri.oci.OciException INVALID for links that lead nowhere or copy more than the
   *     limits allow, RESOURCE_EXHAUSTED for a full disk
   */
  static DiskUsage apply(
      Syscalls sys, LayerLimits limits, UnpackedLayer layer, Path tree, Path lower)
      throws IOException {
    try (Fd own = sys.open(tree.toString(), DIRECTORY, 0);
        Fd below = sys.open(lower.toString(), DIRECTORY, 0);
        CopyUp copies = new CopyUp(sys, limits, layer.usage())) {
      LayerRebase rebase = new LayerRebase(sys, own, below, copies);
      for (String directory : layer.implicitDirectories()) {
        rebase.adopt(directory);
      }
      for (MissingLink link : layer.missingLinks()) {
        rebase.link(link);
      }
      return copies.usage();
    }
  }

  /** Gives an implicit directory the attributes, or the place, of the lower one. */
  private void adopt(String path) throws IOException {
    // It may have moved with its parent.
    try (Fd mine = find(own, path, OpenFlags.NOFOLLOW);
        Fd lower = find(below, path, 0)) {
      if (mine == null || lower == null) {
        return;
      }
      String place = relative(lower);
      if (place.equals(path)) {
        copies.copyAttributes(lower, mine);
      } else {
        move(path, place);
      }
    }
  }

  /** Moves what is in a directory to where the link that a lower layer has in its place leads. */
  private void move(String path, String place) throws IOException {
    try (Fd source = open(own, path);
        Fd parent = open(own, EntryPath.parent(path));
        Fd target = ensure(place)) {
      keepingTime(target, () -> merge(source, target));
      keepingTime(parent, () -> removeEmpty(parent, EntryPath.leaf(path)));
    }
  }

  private void merge(Fd source, Fd target) throws IOException {
    for (DirectoryEntry entry : sys.list(source)) {
      String name = entry.name();
      try {
        sys.renameat2(source, name, target, name, OpenFlags.RENAME_NOREPLACE);
      } catch (ErrnoException e) {
        if (!e.is(Errno.EEXIST)) {
          throw e;
        }
        if (!entry.isDirectory() || !sys.fstatat(target, name).isDirectory()) {
          throw invalid(
              "layer has \""
                  + TarEntry.shown(name)
                  + "\" twice, once behind a link of a lower layer");
        }
        try (Fd from = open(source, name);
            Fd to = open(target, name)) {
          keepingTime(to, () -> merge(from, to));
        }
        removeEmpty(source, name);
      }
    }
  }

  private void removeEmpty(Fd parent, String name) throws IOException {
    long blocks = sys.fstatat(parent, name).blocks();
    sys.unlinkat(parent, name, OpenFlags.AT_REMOVEDIR);
    copies.count(-blocks * 512, -1, name);
  }

  private void link(MissingLink link) throws IOException {
    String target = link.target();
    try (Fd lowerParent = find(below, EntryPath.parent(target), 0);
        Fd parent = find(own, EntryPath.parent(link.path()), 0)) {
      if (lowerParent == null || parent == null) {
        throw dangling(link);
      }
      String place = EntryPath.child(relative(lowerParent), EntryPath.leaf(target));
      try (Fd targetParent = ensure(EntryPath.parent(place))) {
        String leaf = EntryPath.leaf(target);
        keepingTime(targetParent, () -> copies.copy(lowerParent, targetParent, leaf, target));
        keepingTime(
            parent, () -> sys.linkat(targetParent, leaf, parent, EntryPath.leaf(link.path()), 0));
      }
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        throw dangling(link);
      }
      if (!e.is(Errno.EEXIST)) {
        throw KernelFault.of(
            "cannot make the hard link \"%s\" to \"%s\" of the layers below"
                .formatted(TarEntry.shown(link.path()), TarEntry.shown(target)),
            e);
      }
      // A later entry of the layer has taken the name.
    }
  }

  private RuntimeException dangling(MissingLink link) {
    return invalid(
        "tar entry \""
            + TarEntry.shown(link.path())
            + "\" is a hard link to \""
            + TarEntry.shown(link.target())
            + "\", which is in no layer");
  }

  /** Makes a directory of the own tree, each missing step with the attributes of the lower one. */
  private Fd ensure(String path) throws IOException {
    Fd at = open(own, ".");
    String reached = "";
    for (String component : path.isEmpty() ? new String[0] : path.split("/", -1)) {
      Fd parent = at;
      reached = EntryPath.child(reached, component);
      try (parent) {
        boolean[] made = new boolean[1];
        keepingTime(parent, () -> made[0] = makeIfMissing(parent, component));
        at = open(parent, component);
        if (made[0]) {
          try (Fd lower = open(below, reached)) {
            copies.copyAttributes(lower, at);
            copies.count(sys.fstat(at).blocks() * 512, 1, reached);
          }
        }
      }
    }
    return at;
  }

  private interface Change {
    void make() throws IOException;
  }

  /**
   * Changes what is in a directory, whose times are those of an entry or of the lower directory by
   * now.
   */
  private void keepingTime(Fd directory, Change change) throws IOException {
    FileStat stat = sys.fstat(directory);
    change.make();
    sys.futimens(
        directory, stat.modifiedSec(), stat.modifiedNs(), stat.modifiedSec(), stat.modifiedNs());
  }

  private boolean makeIfMissing(Fd parent, String name) throws IOException {
    try {
      sys.mkdirat(parent, name, 0755);
      return true;
    } catch (ErrnoException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      return false;
    }
  }

  private @Nullable Fd find(Fd root, String path, int flags) throws IOException {
    try {
      return sys.openat2(
          root, path.isEmpty() ? "." : path, DIRECTORY | flags, 0, OpenFlags.RESOLVE_HOSTILE);
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        return null;
      }
      throw e;
    }
  }

  private Fd open(Fd root, String path) throws IOException {
    return sys.openat2(root, path.isEmpty() ? "." : path, DIRECTORY, 0, OpenFlags.RESOLVE_HOSTILE);
  }

  /** Where an open directory of the lower tree is, without links. */
  private String relative(Fd lower) throws IOException {
    String name = sys.readlinkat(Fd.CWD, lower.procPath());
    if (!name.startsWith(belowName)) {
      throw new IOException("cannot tell where " + name + " is below " + belowName);
    }
    return name.length() == belowName.length() ? "" : name.substring(belowName.length() + 1);
  }
}
