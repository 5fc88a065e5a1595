package io.jcri.oci.snapshot;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packs the upper directory of an overlay as a layer, the reverse of {@link LayerUnpacker}: a
 * character device 0:0 becomes a {@code .wh.} entry, an opaque directory gets {@code .wh..wh..opq}
 * (OCI image-spec, layer.md). Sockets are left out: who listens on one makes it again.
 *
 * <p>The container must not write meanwhile. No link is followed. Thread-safe.
 */
final class LayerPacker {

  private static final String OVERLAY = "trusted.overlay.";
  private static final int MAX_DEPTH = 512;
  private static final int OPEN = OpenFlags.READ_ONLY | OpenFlags.NOFOLLOW;

  private final Syscalls sys;

  LayerPacker(Syscalls sys) {
    this.sys = sys;
  }

  /**
   * Writes the whole archive; the stream stays open.
   *
   * @throws OciException FAILED_PRECONDITION for a tree that a layer cannot hold, CANCELLED when
   *     interrupted
   */
  void pack(Path upper, OutputStream out) throws IOException {
    try (Fd root = sys.open(upper.toString(), OPEN | OpenFlags.DIRECTORY, 0)) {
      Run run = new Run(new TarWriter(out));
      Map<String, byte[]> xattrs = run.xattrs(root, ".", ".");
      xattrs.remove(LayerTree.OPAQUE);
      run.tar.begin(entry(TarEntry.Type.DIRECTORY, "./", "", sys.fstat(root), xattrs));
      run.directory(root, "", 0);
      run.tar.finish();
    }
  }

  private final class Run {
    private final TarWriter tar;
    private final Map<List<Long>, String> linked = new HashMap<>();
    private final byte[] buffer = new byte[256 << 10];

    Run(TarWriter tar) {
      this.tar = tar;
    }

    void directory(Fd directory, String path, int depth) throws IOException {
      if (depth > MAX_DEPTH) {
        throw refused(path, "is more than " + MAX_DEPTH + " directories deep");
      }
      for (List<DirectoryEntry> some = sys.listSome(directory);
          !some.isEmpty();
          some = sys.listSome(directory)) {
        for (DirectoryEntry child : some) {
          if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("packing was interrupted at " + path);
          }
          member(directory, child.name(), EntryPath.child(path, child.name()), depth);
        }
      }
    }

    private void member(Fd parent, String leaf, String path, int depth) throws IOException {
      if (path.length() > EntryPath.MAX_LENGTH) {
        throw refused(path, "is too long a name");
      }
      FileStat stat = sys.fstatat(parent, leaf);
      if (LayerTree.isWhiteout(stat)) {
        tar.begin(whiteout(EntryPath.child(EntryPath.parent(path), ".wh." + leaf)));
        return;
      }
      if (stat.type() == FileStat.SOCKET) {
        return;
      }
      Map<String, byte[]> xattrs = xattrs(parent, leaf, path);
      boolean opaque = xattrs.remove(LayerTree.OPAQUE) != null;
      switch (stat.type()) {
        case FileStat.DIRECTORY -> {
          tar.begin(entry(TarEntry.Type.DIRECTORY, path + "/", "", stat, xattrs));
          if (opaque) {
            tar.begin(whiteout(path + "/.wh..wh..opq"));
          }
          try (Fd child = open(parent, leaf, OpenFlags.DIRECTORY)) {
            directory(child, path, depth + 1);
          }
        }
        case FileStat.REGULAR -> file(parent, leaf, path, stat, xattrs);
        case FileStat.LINK ->
            tar.begin(
                entry(TarEntry.Type.SYMLINK, path, sys.readlinkat(parent, leaf), stat, xattrs));
        case FileStat.FIFO -> tar.begin(entry(TarEntry.Type.FIFO, path, "", stat, xattrs));
        case FileStat.CHARACTER_DEVICE ->
            tar.begin(entry(TarEntry.Type.CHARACTER_DEVICE, path, "", stat, xattrs));
        case FileStat.BLOCK_DEVICE ->
            tar.begin(entry(TarEntry.Type.BLOCK_DEVICE, path, "", stat, xattrs));
        default ->
            throw refused(path, "has the unknown type " + Integer.toOctalString(stat.mode()));
      }
    }

    private void file(
        Fd parent, String leaf, String path, FileStat stat, Map<String, byte[]> xattrs)
        throws IOException {
      if (stat.links() > 1) {
        String first = linked.putIfAbsent(List.of(stat.inode()), path);
        if (first != null) {
          tar.begin(entry(TarEntry.Type.HARD_LINK, path, first, stat, Map.of()));
          return;
        }
      }
      tar.begin(entry(TarEntry.Type.FILE, path, "", stat, xattrs));
      try (Fd file = open(parent, leaf, 0);
          InputStream in = new FileInputStream(file.procPath())) {
        while (tar.left() > 0) {
          int length = in.read(buffer, 0, (int) Math.min(buffer.length, tar.left()));
          if (length < 0) {
            throw new OciException(
                OciException.Kind.FAILED_PRECONDITION,
                TarEntry.shown(path) + " became shorter while it was read");
          }
          if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("packing was interrupted at " + path);
          }
          tar.write(buffer, 0, length);
        }
      }
    }

    private Map<String, byte[]> xattrs(Fd parent, String leaf, String path) throws IOException {
      Map<String, byte[]> xattrs = new HashMap<>();
      String place = parent.procPath() + "/" + leaf;
      for (String name : sys.llistxattr(place)) {
        if (name.equals(OVERLAY + "redirect") || name.equals(OVERLAY + "metacopy")) {
          throw refused(path, "is said by the kernel to be elsewhere (" + name + ")");
        }
        if (!name.startsWith(OVERLAY) || name.equals(LayerTree.OPAQUE)) {
          Optional<byte[]> value = sys.lgetxattr(place, name);
          value.ifPresent(bytes -> xattrs.put(name, bytes));
        }
      }
      return xattrs;
    }

    private Fd open(Fd parent, String leaf, int flags) throws ErrnoException {
      return sys.openat2(parent, leaf, OPEN | flags, 0, OpenFlags.RESOLVE_BENEATH);
    }
  }

  private static TarEntry entry(
      TarEntry.Type type, String name, String link, FileStat stat, Map<String, byte[]> xattrs) {
    boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
    return new TarEntry(
        type,
        name,
        link,
        stat.permissions(),
        stat.uid(),
        stat.gid(),
        type == TarEntry.Type.FILE ? stat.size() : 0,
        stat.modifiedSec(),
        stat.modifiedNs(),
        device ? stat.rdevMajor() : 0,
        device ? stat.rdevMinor() : 0,
        xattrs,
        false);
  }

  private static TarEntry whiteout(String name) {
    return new TarEntry(
        TarEntry.Type.FILE, name, "", 0, 0, 0, 0, 0, 0, 0, 0, new HashMap<>(), false);
  }

  private static OciException refused(String path, String why) {
    return new OciException(
        OciException.Kind.FAILED_PRECONDITION,
        "%s in the writable layer %s".formatted(TarEntry.shown(path), why));
  }
}
