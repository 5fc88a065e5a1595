package io.jcri.oci.file;

import io.jcri.sandbox.linux.AttributeCalls;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Removes and measures file trees that an image or a container has filled: of any depth, with any
 * number of files in a directory, without following a link and without holding more than a buffer
 * of names at a time.
 */
public final class Trees {

  /**
   * Below it a directory is moved to the top first, so that neither descriptors nor the stack run
   * out.
   */
  private static final int MAX_DEPTH = 64;

  private static final int OPEN = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW;

  /** A mount in the tree is not entered: what it shows is someone else's. */
  private static final int BELOW = OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_NO_XDEV;

  private Trees() {}

  /**
   * Makes a directory that will hold one tree after another. On ext4 a tree next to one that was
   * deleted minutes ago is slow to fill: for each new file the kernel walks past all inodes that
   * are too young to use again (measured: 0.5 ms a file instead of 0.02). The flag spreads the
   * trees over the disk.
   */
  public static void makeTop(Syscalls sys, Path path) throws IOException {
    Files.createDirectories(path);
    // Below are set-id programs of images, which are nobody's to run on the node itself.
    sys.fchmodat(Fd.CWD, path.toString(), 0700);
    try (Fd directory = sys.open(path.toString(), OPEN, 0)) {
      sys.addInodeFlags(directory, AttributeCalls.TOP_DIRECTORY_FLAG);
    } catch (ErrnoException e) {
      if (!e.is(Errno.EOPNOTSUPP, Errno.ENOTTY, Errno.EINVAL, Errno.EPERM)) {
        throw e;
      }
    }
  }

  /** Removes the tree at a path of the host; absent is fine. Does not cross a mount: EBUSY then. */
  public static void delete(Syscalls sys, Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("refusing to delete " + path);
    }
    try (Fd directory = sys.open(parent.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      delete(sys, directory, String.valueOf(path.getFileName()));
    } catch (ErrnoException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  /** Removes a file or tree; absent is fine. */
  public static void delete(Syscalls sys, Fd parent, String name) throws IOException {
    if (unlink(sys, parent, name)) {
      return;
    }
    try (Fd top = sys.openat2(parent, name, OPEN, 0, BELOW)) {
      // A number that no earlier, interrupted try has used.
      empty(sys, top, top, 0, new long[] {System.nanoTime()});
    } catch (ErrnoException e) {
      refuseUnlessMount(e);
    }
    sys.unlinkat(parent, name, OpenFlags.AT_REMOVEDIR);
  }

  private static void empty(Syscalls sys, Fd top, Fd directory, int depth, long[] moved)
      throws IOException {
    while (true) {
      // From the start each time: what is moved to the top while it is read may be missed.
      boolean found = false;
      try (Fd reader = sys.openat2(directory, ".", OPEN, 0, OpenFlags.RESOLVE_BENEATH)) {
        for (List<DirectoryEntry> some = sys.listSome(reader);
            !some.isEmpty();
            some = sys.listSome(reader)) {
          found = true;
          for (DirectoryEntry entry : some) {
            remove(sys, top, directory, entry, depth, moved);
          }
        }
      }
      if (!found) {
        return;
      }
    }
  }

  private static void remove(
      Syscalls sys, Fd top, Fd directory, DirectoryEntry entry, int depth, long[] moved)
      throws IOException {
    if (!entry.isDirectory() && unlink(sys, directory, entry.name())) {
      return;
    }
    if (depth == MAX_DEPTH) {
      sys.renameat2(directory, entry.name(), top, ".jcri-deep-" + moved[0]++, 0);
      return;
    }
    try (Fd child = sys.openat2(directory, entry.name(), OPEN, 0, BELOW)) {
      empty(sys, top, child, depth + 1, moved);
    } catch (ErrnoException e) {
      refuseUnlessMount(e);
    }
    sys.unlinkat(directory, entry.name(), OpenFlags.AT_REMOVEDIR);
  }

  /** Of a mount, the removal that follows says that it is busy. */
  private static void refuseUnlessMount(ErrnoException e) throws ErrnoException {
    if (!e.is(Errno.EXDEV)) {
      throw e;
    }
  }

  /** False when it is a directory. */
  private static boolean unlink(Syscalls sys, Fd parent, String name) throws IOException {
    try {
      sys.unlinkat(parent, name, 0);
      return true;
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        return true;
      }
      if (e.is(Errno.EISDIR)) {
        return false;
      }
      throw e;
    }
  }

  /** What a tree takes on its file system: allocated bytes as du(1) counts them, and inodes. */
  public static DiskUsage usage(Syscalls sys, Path path) throws IOException {
    try (Fd top = sys.open(path.toString(), OPEN, 0)) {
      Count count = new Count();
      count.add(sys.fstat(top));
      count(sys, top, 0, count);
      return new DiskUsage(count.bytes, Math.round(count.inodes));
    }
  }

  /** A file with several names counts in parts, which add up to about one. */
  private static final class Count {
    long bytes;
    double inodes;

    void add(FileStat stat) {
      long parts = stat.isDirectory() ? 1 : Math.max(1, stat.links());
      bytes += stat.blocks() * 512 / parts;
      inodes += 1.0 / parts;
    }
  }

  private static void count(Syscalls sys, Fd directory, int depth, Count count) throws IOException {
    for (List<DirectoryEntry> some = sys.listSome(directory);
        !some.isEmpty();
        some = sys.listSome(directory)) {
      for (DirectoryEntry entry : some) {
        try {
          FileStat stat = sys.fstatat(directory, entry.name());
          count.add(stat);
          if (stat.isDirectory() && depth < 2 * MAX_DEPTH) {
            try (Fd child =
                sys.openat2(directory, entry.name(), OPEN, 0, OpenFlags.RESOLVE_BENEATH)) {
              count(sys, child, depth + 1, count);
            }
          }
        } catch (ErrnoException e) {
          // A running container removes files while we look.
          if (!e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
            throw e;
          }
        }
      }
    }
  }
}
