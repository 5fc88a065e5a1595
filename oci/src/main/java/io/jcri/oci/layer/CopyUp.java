package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.file.Attributes;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.EntryAttributes;
import io.jcri.oci.file.FileExtents;
import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;

/**
 * Copies files of lower layers into a layer, as overlayfs would before their first change, and
 * counts what the layer takes. A few bytes of a hostile archive can ask for files of terabytes:
 * holes stay holes, and all else counts against the layer's limits. Not thread-safe.
 */
final class CopyUp implements AutoCloseable {

  private final Syscalls sys;
  private final EntryAttributes attributes;
  private final FileExtents extents;
  private final LayerLimits limits;
  private DiskUsage usage;

  /**
   * @param usage of the layer so far
   */
  CopyUp(Syscalls sys, LayerLimits limits, DiskUsage usage) {
    this.sys = sys;
    this.attributes = new EntryAttributes(sys);
    this.extents = new FileExtents(sys);
    this.limits = limits;
    this.usage = usage;
  }

  /** What the layer takes by now. */
  DiskUsage usage() {
    return usage;
  }

  /** Counts what was made beside the copies, or what was removed when it is negative. */
  void count(long bytes, long inodes, String path) {
    usage = usage.plus(new DiskUsage(bytes, inodes));
    limits.checkDisk(usage.bytes(), path);
    limits.checkEntries(usage.inodes(), path);
  }

  /**
   * Copies a file that is no directory; nothing to do when the layer has one of that name.
   *
   * @param path of it, for messages
   * @throws io.jcri.oci.OciException INVALID for a directory, and beyond the limits
   */
  void copy(Fd from, Fd to, String name, String path) throws IOException {
    FileStat stat = sys.fstatat(from, name);
    if (stat.isDirectory()) {
      throw invalid("hard link to the directory \"" + TarEntry.shown(path) + "\"");
    }
    Attributes wanted = Attributes.of(stat, attributes.read(from.procPath() + "/" + name));
    try {
      switch (stat.type()) {
        case FileStat.REGULAR -> file(from, to, name, path, stat, wanted);
        case FileStat.LINK -> {
          sys.symlinkat(sys.readlinkat(from, name), to, name);
          attributes.applyToLink(to, name, wanted);
        }
        default -> {
          sys.mknodat(to, name, stat.type() | 0600, stat.rdevMajor(), stat.rdevMinor());
          attributes.applyToNode(to, name, wanted);
        }
      }
    } catch (ErrnoException e) {
      if (e.is(Errno.EEXIST)) {
        // Another link has brought it up.
        return;
      }
      throw e;
    }
    count(sys.fstatat(to, name).blocks() * 512, 1, path);
  }

  private void file(Fd from, Fd to, String name, String path, FileStat stat, Attributes wanted)
      throws IOException {
    int create = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.NOFOLLOW;
    int resolve = OpenFlags.RESOLVE_BENEATH;
    try (Fd source = sys.openat2(from, name, OpenFlags.READ_ONLY | OpenFlags.NOFOLLOW, 0, resolve);
        Fd target = sys.openat2(to, name, create, attributes.initialMode(wanted), resolve)) {
      // Most of what is too much is refused before a byte is copied.
      limits.checkDisk(usage.bytes() + Math.min(stat.size(), stat.blocks() * 512), path);
      long[] copied = new long[1];
      extents.copy(
          source,
          target,
          stat.size(),
          length -> {
            copied[0] += length;
            limits.checkDisk(usage.bytes() + copied[0], path);
          });
      attributes.applyToFile(target, wanted);
    }
  }

  /** Gives a directory of the layer all that the lower one has but its content. */
  void copyAttributes(Fd lower, Fd mine) throws IOException {
    attributes.applyToDirectory(
        mine, Attributes.of(sys.fstat(lower), attributes.read(lower.procPath() + "/.")));
  }

  @Override
  public void close() {
    extents.close();
  }
}
