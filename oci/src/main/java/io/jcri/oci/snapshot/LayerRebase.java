package io.jcri.oci.snapshot;

import static io.jcri.oci.snapshot.TarHeader.invalid;

import io.jcri.oci.snapshot.UnpackedLayer.MissingLink;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private LayerRebase(Syscalls sys, Fd own, Fd below) throws IOException {
    this.sys = sys;
    this.own = own;
    this.below = below;
    this.belowName = sys.readlinkat(Fd.CWD, below.procPath());
  }

  /**
   * Changes the layer's tree.
   *
   * @param tree of the layer
   * @param lower the layers below it as one tree
   */
  static void apply(Syscalls sys, UnpackedLayer layer, Path tree, Path lower) throws IOException {
    try (Fd own = sys.open(tree.toString(), DIRECTORY, 0);
        Fd below = sys.open(lower.toString(), DIRECTORY, 0)) {
      LayerRebase rebase = new LayerRebase(sys, own, below);
      for (String directory : layer.implicitDirectories()) {
        rebase.adopt(directory);
      }
      for (MissingLink link : layer.missingLinks()) {
        rebase.link(link);
      }
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
        copyAttributes(lower, lower.procPath() + "/.", mine);
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
      keepingTime(parent, () -> sys.unlinkat(parent, EntryPath.leaf(path), OpenFlags.AT_REMOVEDIR));
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
        sys.unlinkat(source, name, OpenFlags.AT_REMOVEDIR);
      }
    }
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
        keepingTime(targetParent, () -> copyUp(lowerParent, targetParent, leaf));
        keepingTime(
            parent, () -> sys.linkat(targetParent, leaf, parent, EntryPath.leaf(link.path()), 0));
      }
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        throw dangling(link);
      }
      if (!e.is(Errno.EEXIST)) {
        throw e;
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

  /** Copies a lower file, as overlayfs would before the first change. */
  private void copyUp(Fd from, Fd to, String name) throws IOException {
    FileStat stat = sys.fstatat(from, name);
    try {
      if (stat.isRegular()) {
        copyFile(from, to, name);
      } else if (stat.isLink()) {
        sys.symlinkat(sys.readlinkat(from, name), to, name);
        sys.fchownat(to, name, stat.uid(), stat.gid());
      } else if (!stat.isDirectory()) {
        sys.mknodat(to, name, stat.mode(), stat.rdevMajor(), stat.rdevMinor());
        sys.fchownat(to, name, stat.uid(), stat.gid());
        sys.fchmodat(to, name, stat.permissions());
      } else {
        throw invalid("hard link to the directory \"" + TarEntry.shown(name) + "\"");
      }
      sys.utimensat(
          to, name, stat.modifiedSec(), stat.modifiedNs(), stat.modifiedSec(), stat.modifiedNs());
    } catch (ErrnoException e) {
      // Another link has brought it up.
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private void copyFile(Fd from, Fd to, String name) throws IOException {
    int create = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.NOFOLLOW;
    int resolve = OpenFlags.RESOLVE_BENEATH;
    try (Fd source = sys.openat2(from, name, OpenFlags.READ_ONLY | OpenFlags.NOFOLLOW, 0, resolve);
        Fd target = sys.openat2(to, name, create, 0600, resolve);
        FileChannel in = FileChannel.open(Path.of(source.procPath()), StandardOpenOption.READ);
        FileChannel out = FileChannel.open(Path.of(target.procPath()), StandardOpenOption.WRITE)) {
      long size = in.size();
      for (long at = 0; at < size; ) {
        long copied = in.transferTo(at, size - at, out);
        if (copied <= 0) {
          throw new IOException("cannot copy " + name + ": it shrinks");
        }
        at += copied;
      }
      copyAttributes(source, from.procPath() + "/" + name, target);
    }
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
            copyAttributes(lower, lower.procPath() + "/.", at);
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

  /**
   * Copies owner, mode, extended attributes and times.
   *
   * @param path of the source for calls on attributes: they would not follow the descriptor's own
   *     magic link
   */
  private void copyAttributes(Fd from, String path, Fd to) throws IOException {
    FileStat stat = sys.fstat(from);
    sys.fchown(to, stat.uid(), stat.gid());
    sys.fchmod(to, stat.permissions());
    for (String name : sys.llistxattr(path)) {
      byte[] value = sys.lgetxattr(path, name).orElse(null);
      if (value != null && !name.startsWith("trusted.overlay.")) {
        sys.fsetxattr(to, name, value);
      }
    }
    sys.futimens(to, stat.modifiedSec(), stat.modifiedNs(), stat.modifiedSec(), stat.modifiedNs());
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
