package io.jcri.oci.archive;

import io.jcri.oci.OciException;
import io.jcri.oci.file.FileExtents;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.LayerTree;
import io.jcri.oci.layer.LayerUnpacker;
import io.jcri.oci.tar.EntryPath;
import io.jcri.oci.tar.SparseMap;
import io.jcri.oci.tar.TarEntry;
import io.jcri.oci.tar.TarWriter;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Packs the upper directory of an overlay, or an unpacked layer, as a layer: the reverse of {@link
 * LayerUnpacker}: a character device 0:0 becomes a {@code .wh.} entry, an opaque directory gets
 * {@code .wh..wh..opq} (OCI image-spec, layer.md). Holes stay holes. Sockets are left out: who
 * listens on one makes it again.
 *
 * <p>The container must not write meanwhile. No link is followed. Thread-safe.
 */
public final class LayerPacker {

  private static final String OVERLAY = "trusted.overlay.";
  private static final int MAX_DEPTH = 512;

  /** A shorter hole is written as zeros: it is not worth a place in the map. */
  private static final int MIN_HOLE = 64 << 10;

  /** How much more than its data may be written of a file with too many holes for a map. */
  private static final int MAX_GROWTH = 16;

  private static final int OPEN = OpenFlags.READ_ONLY | OpenFlags.NOFOLLOW;

  private final Syscalls sys;
  private final int maxParts;

  public LayerPacker(Syscalls sys) {
    // The last place in the map is for the end of a file that ends in a hole.
    this(sys, SparseMap.MAX_EXTENTS - 1);
  }

  /**
   * @param maxParts that the map of a file may have
   */
  LayerPacker(Syscalls sys, int maxParts) {
    this.sys = sys;
    this.maxParts = maxParts;
  }

  /**
   * Writes the whole archive; the stream stays open.
   *
   * @throws OciException FAILED_PRECONDITION for a tree that a layer cannot hold, CANCELLED when
   *     interrupted
   */
  public void pack(Path upper, OutputStream out) throws IOException {
    pack(upper, true, false, out);
  }

  /**
   * Writes a layer of an image as it would be unpacked again; the stream stays open.
   *
   * @throws OciException as {@link #pack(Path, OutputStream)}
   */
  void pack(Layer layer, OutputStream out) throws IOException {
    pack(layer.directory(), layer.hasRoot(), layer.opaqueRoot(), out);
  }

  private void pack(Path tree, boolean withRoot, boolean opaque, OutputStream out)
      throws IOException {
    try (Fd root = sys.open(tree.toString(), OPEN | OpenFlags.DIRECTORY, 0);
        FileExtents extents = new FileExtents(sys)) {
      Run run = new Run(new TarWriter(out), extents);
      if (withRoot) {
        Map<String, byte[]> xattrs = run.xattrs(root, ".", ".");
        xattrs.remove(LayerTree.OPAQUE);
        run.tar.begin(entry(TarEntry.Type.DIRECTORY, "./", "", sys.fstat(root), xattrs));
      }
      if (opaque) {
        run.tar.begin(whiteout(".wh..wh..opq"));
      }
      run.directory(root, "", 0);
      run.tar.finish();
    }
  }

  private final class Run {
    private final TarWriter tar;
    private final Map<List<Long>, String> linked = new HashMap<>();
    private final byte[] buffer = new byte[FileExtents.PIECE];
    private final FileExtents extents;

    Run(TarWriter tar, FileExtents extents) {
      this.tar = tar;
      this.extents = extents;
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
      TarEntry entry = entry(TarEntry.Type.FILE, path, "", stat, xattrs);
      try (Fd file = open(parent, leaf, 0)) {
        SparseMap map = holes(file, stat, path);
        if (map == null) {
          tar.begin(entry);
          data(file, 0, stat.size());
          return;
        }
        tar.begin(entry, map);
        for (int i = 0; i < map.extents(); i++) {
          data(file, map.offset(i), map.length(i));
        }
      }
    }

    private void data(Fd file, long offset, long length) throws IOException {
      extents.read(
          file,
          offset,
          length,
          (at, data) -> {
            int size = (int) data.byteSize();
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, buffer, 0, size);
            tar.write(buffer, 0, size);
          });
    }

    /** The map of a file with holes that are worth one, or null when all of it is written. */
    private @Nullable SparseMap holes(Fd file, FileStat stat, String path) throws IOException {
      if (stat.size() - stat.blocks() * 512 < MIN_HOLE) {
        return null;
      }
      List<long[]> parts = new ArrayList<>();
      extents.find(
          file,
          stat.size(),
          (offset, length) -> {
            if (!parts.isEmpty() && offset - end(parts.getLast()) < MIN_HOLE) {
              parts.getLast()[1] = offset + length - parts.getLast()[0];
            } else if (parts.size() <= maxParts) {
              parts.add(new long[] {offset, length});
            }
          });
      if (parts.size() > maxParts) {
        if (stat.size() / MAX_GROWTH < stat.blocks() * 512) {
          return null;
        }
        throw refused(path, "has more than " + maxParts + " parts between its holes");
      }
      SparseMap.Builder map = new SparseMap.Builder();
      for (long[] part : parts) {
        map.offset(part[0]);
        map.length(part[1]);
      }
      if (parts.isEmpty() || end(parts.getLast()) < stat.size()) {
        // As GNU tar ends a file that ends in a hole: it takes the size from here.
        map.offset(stat.size());
        map.length(0);
      }
      return map.build();
    }

    private static long end(long[] part) {
      return part[0] + part[1];
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
        "%s in the layer %s".formatted(TarEntry.shown(path), why));
  }
}
