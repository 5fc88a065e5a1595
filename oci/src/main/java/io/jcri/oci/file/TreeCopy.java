package io.jcri.oci.file;

import io.jcri.oci.OciException;
import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;

/**
 * Copies directories of a mounted image, with owners, modes, times, extended attributes, hard links
 * and holes. The image is hostile: no link is followed, nothing but plain files is opened, and all
 * copies of one instance share a budget. Sockets are left out.
 *
 * <p>Blocks. Not thread-safe.
 */
public final class TreeCopy implements AutoCloseable {
  private static final int OPEN = OpenFlags.READ_ONLY | OpenFlags.NOFOLLOW;

  private final Syscalls sys;
  private final EntryAttributes attributes;
  private final Fd links;
  private final FileExtents extents;
  private final Budget budget;
  private long bytes;
  private long entries;

  /**
   * How much one instance copies.
   *
   * @param of what is filled, in messages
   * @param bytes of data; holes cost nothing
   * @param entries files of any kind
   */
  public record Budget(String of, long bytes, long entries) {}

  /**
   * With a budget.
   *
   * @param links an empty directory on the file system of the copies, for a name of each file that
   *     has more than one; its content is the caller's to remove
   */
  public TreeCopy(Syscalls sys, Fd links, Budget budget) {
    this.sys = sys;
    this.attributes = new EntryAttributes(sys);
    this.extents = new FileExtents(sys);
    this.links = links;
    this.budget = budget;
    this.bytes = budget.bytes();
    this.entries = budget.entries();
  }

  /**
   * Copies what is in a directory, and its attributes.
   *
   * @param to an empty directory
   * @param name of the directory in messages
   * @throws OciException RESOURCE_EXHAUSTED when it is more than the budget
   */
  public void copy(Fd from, Fd to, String name) throws IOException {
    directory(from, to, name, 0);
    attributes.applyToDirectory(
        to, Attributes.of(sys.fstat(from), attributes.read(from.procPath() + "/.")));
  }

  private void directory(Fd from, Fd to, String path, int depth) throws IOException {
    if (depth > VolumeLimits.MAX_DEPTH) {
      throw refused(path, "is more than " + VolumeLimits.MAX_DEPTH + " directories deep");
    }
    for (List<DirectoryEntry> some = sys.listSome(from);
        !some.isEmpty();
        some = sys.listSome(from)) {
      for (DirectoryEntry entry : some) {
        requireNoInterrupt(path);
        if (--entries < 0) {
          throw refused(path, "is of too many files");
        }
        member(from, to, entry.name(), path + "/" + entry.name(), depth);
      }
    }
  }

  private void member(Fd from, Fd to, String leaf, String path, int depth) throws IOException {
    FileStat stat;
    try {
      stat = sys.fstatat(from, leaf);
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        // An overlay lists the whiteouts in a directory that one layer alone has.
        return;
      }
      throw e;
    }
    if (stat.type() == FileStat.SOCKET) {
      return;
    }
    boolean shared = !stat.isDirectory() && stat.links() > 1;
    if (shared && linked(stat, to, leaf)) {
      return;
    }
    Attributes wanted = Attributes.of(stat, attributes.read(from.procPath() + "/" + leaf));
    switch (stat.type()) {
      case FileStat.DIRECTORY -> {
        sys.mkdirat(to, leaf, 0700);
        try (Fd source = open(from, leaf, OpenFlags.DIRECTORY);
            Fd target = open(to, leaf, OpenFlags.DIRECTORY)) {
          directory(source, target, path, depth + 1);
          attributes.applyToDirectory(target, wanted);
        }
      }
      case FileStat.REGULAR -> file(from, to, leaf, path, stat, wanted);
      case FileStat.LINK -> {
        sys.symlinkat(sys.readlinkat(from, leaf), to, leaf);
        attributes.applyToLink(to, leaf, wanted);
      }
      default -> {
        sys.mknodat(to, leaf, stat.type() | 0600, stat.rdevMajor(), stat.rdevMinor());
        attributes.applyToNode(to, leaf, wanted);
      }
    }
    if (shared) {
      remember(stat, to, leaf);
    }
  }

  private static void requireNoInterrupt(String path) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("copying was interrupted at " + path);
    }
  }

  private void file(Fd from, Fd to, String leaf, String path, FileStat stat, Attributes wanted)
      throws IOException {
    if (Math.min(stat.size(), stat.blocks() * 512) > bytes) {
      throw refused(path, "is too large");
    }
    int flags = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.EXCLUSIVE;
    int mode = attributes.initialMode(wanted);
    try (Fd source = open(from, leaf, 0);
        Fd target = sys.openat2(to, leaf, flags, mode, OpenFlags.RESOLVE_BENEATH)) {
      extents.copy(
          source,
          target,
          stat.size(),
          length -> {
            bytes -= length;
            if (bytes < 0) {
              throw refused(path, "is too large");
            }
          });
      attributes.applyToFile(target, wanted);
    }
  }

  /** Whether the file was copied under another name, of which this is one more now. */
  private boolean linked(FileStat stat, Fd to, String leaf) throws IOException {
    try {
      sys.linkat(links, identity(stat), to, leaf, 0);
      return true;
    } catch (ErrnoException e) {
      // At the file system's most names of a file, the next one is a file of its own.
      if (e.is(Errno.ENOENT, Errno.EMLINK)) {
        return false;
      }
      throw e;
    }
  }

  private void remember(FileStat stat, Fd to, String leaf) throws IOException {
    try {
      sys.linkat(to, leaf, links, identity(stat), 0);
    } catch (ErrnoException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private static String identity(FileStat stat) {
    return "%d-%d-%d".formatted(stat.deviceMajor(), stat.deviceMinor(), stat.inode());
  }

  private Fd open(Fd parent, String leaf, int flags) throws ErrnoException {
    return sys.openat2(
        parent,
        leaf,
        OPEN | flags,
        0,
        OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_NO_SYMLINKS | OpenFlags.RESOLVE_NO_XDEV);
  }

  private OciException refused(String path, String why) {
    return new OciException(
        OciException.Kind.RESOURCE_EXHAUSTED,
        "%s cannot be filled with what the image has: %s %s; it may have %d bytes and %d files for a container"
            .formatted(budget.of(), TarEntry.shown(path), why, budget.bytes(), budget.entries()));
  }

  @Override
  public void close() {
    extents.close();
  }
}
