package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.OciException;
import io.jcri.oci.file.Attributes;
import io.jcri.oci.file.DirectorySpool;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.EntryAttributes;
import io.jcri.oci.file.KernelFault;
import io.jcri.oci.file.Trees;
import io.jcri.oci.layer.UnpackedLayer.MissingLink;
import io.jcri.oci.tar.EntryPath;
import io.jcri.oci.tar.TarEntry;
import io.jcri.oci.tar.TarReader;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unpacks one layer into an empty directory in overlayfs' own terms: a whiteout becomes a character
 * device 0:0, an opaque directory gets {@code trusted.overlay.opaque} (kernel,
 * Documentation/filesystems/overlayfs.rst; OCI image-spec, layer.md).
 *
 * <p>A plain file of root's costs four system calls: open, write, times, close. Thread-safe: each
 * call has its own state.
 */
public final class LayerUnpacker {

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  /** Notes of AUFS to itself, such as {@code .wh..wh.plnk}. */
  private static final String AUFS = ".wh..wh.";

  private static final int MAX_MISSING_LINKS = 1 << 16;
  private static final int BLOCK = 4096;

  /** The disk is to work while layers are unpacked; for smaller files the call costs too much. */
  private static final int WRITTEN_EARLY = 32 << 10;

  private final Syscalls sys;
  private final EntryAttributes attributes;
  private final LayerLimits limits;

  public LayerUnpacker(Syscalls sys) {
    this(sys, LayerLimits.DEFAULT);
  }

  LayerUnpacker(Syscalls sys, LayerLimits limits) {
    this.sys = sys;
    this.attributes = new EntryAttributes(sys);
    this.limits = limits;
  }

  /**
   * Reads the stream to its end. What it leaves behind when it fails is for the caller to remove.
   *
   * @param root an empty directory
   * @param spool a file that does not exist, beside it
   * @throws OciException INVALID for a layer that is malformed or hostile, DATA_LOSS for one that
   *     is damaged, RESOURCE_EXHAUSTED for a full disk, CANCELLED when interrupted
   */
  public UnpackedLayer unpack(LayerStream stream, Path root, Path spool) {
    PendingNames names = new PendingNames(limits.names());
    try (LayerTree tree = new LayerTree(sys, root, names);
        DirectorySpool directories = new DirectorySpool(spool)) {
      LayerLimits most = limits.ofArchive(stream.limit());
      Run run = new Run(new TarReader(stream), tree, directories, names, most);
      run.entries();
      run.finish();
      return run.result(stream);
    } catch (ErrnoException e) {
      throw KernelFault.of("cannot unpack into " + root, e);
    } catch (InterruptedIOException e) {
      throw new OciException(OciException.Kind.CANCELLED, "unpacking was interrupted", e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot unpack into " + root, e);
    }
  }

  /** One layer on its way. */
  private final class Run {
    private final TarReader tar;
    private final LayerTree tree;
    private final DirectorySpool directories;
    private final PendingNames names;
    private final LayerLimits limits;
    private final List<MissingLink> missingLinks = new ArrayList<>();

    /** On disk, without directories. */
    private long bytes;

    /** What directories take beyond a block. */
    private long directoryBytes;

    private long entries;
    private long inodes;
    private boolean hasRoot;

    Run(
        TarReader tar,
        LayerTree tree,
        DirectorySpool directories,
        PendingNames names,
        LayerLimits limits) {
      this.tar = tar;
      this.tree = tree;
      this.directories = directories;
      this.names = names;
      this.limits = limits;
    }

    void entries() throws IOException {
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        String path = EntryPath.normal(entry.name());
        limits.checkEntries(++entries, path);
        try {
          String leaf = EntryPath.leaf(path);
          if (leaf.startsWith(WHITEOUT)) {
            whiteout(EntryPath.parent(path), leaf);
          } else if (path.isEmpty()) {
            root(entry);
          } else {
            member(entry, path);
          }
          limits.checkDisk(bytes + BLOCK * tree.directories(), path);
        } catch (ErrnoException e) {
          throw KernelFault.of(
              "cannot unpack \"" + entry.shown() + "\" into " + tree.rootPath(), e);
        }
      }
      tar.finish();
    }

    private void whiteout(String parent, String leaf) throws IOException {
      if (leaf.equals(OPAQUE)) {
        tree.setOpaque(parent);
      } else if (!leaf.startsWith(AUFS)) {
        String name = leaf.substring(WHITEOUT.length());
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
          throw invalid("bad whiteout \"" + TarEntry.shown(EntryPath.child(parent, leaf)) + "\"");
        }
        if (!isBelowFile(parent)) {
          tree.whiteOut(EntryPath.child(parent, name));
        }
      }
    }

    /**
     * Whether this layer has a file where a whiteout wants a directory: it hides all there was.
     * umoci repack writes them so when a file takes a directory's place.
     */
    private boolean isBelowFile(String path) throws IOException {
      if (path.isEmpty()) {
        return false;
      }
      try (Fd parent = tree.find(EntryPath.parent(path))) {
        return parent == null
            ? isBelowFile(EntryPath.parent(path))
            : sys.fstatat(parent, EntryPath.leaf(path)).isRegular();
      } catch (ErrnoException e) {
        if (e.is(Errno.ENOENT)) {
          return false;
        }
        throw e;
      }
    }

    private void root(TarEntry entry) throws IOException {
      if (entry.type() != TarEntry.Type.DIRECTORY) {
        throw invalid("tar entry \"" + entry.shown() + "\" would replace the root directory");
      }
      if (hasRoot) {
        tree.countAgain();
      }
      hasRoot = true;
      directories.add("", Attributes.of(entry));
    }

    private void member(TarEntry entry, String path) throws IOException {
      Attributes wanted = Attributes.of(entry);
      switch (entry.type()) {
        case DIRECTORY -> {
          tree.makeDirectory(path, entry.mode());
          directories.add(path, wanted);
        }
        case FILE -> file(entry, path, wanted);
        case SYMLINK -> {
          make(path, (parent, leaf) -> sys.symlinkat(entry.linkName(), parent, leaf));
          Fd parent = tree.directory(EntryPath.parent(path));
          attributes.applyToLink(parent, EntryPath.leaf(path), wanted);
          // Ext4 and XFS keep short targets in the inode.
          if (entry.linkName().length() >= 60 || !wanted.xattrs().isEmpty()) {
            bytes += sys.fstatat(parent, EntryPath.leaf(path)).blocks() * 512;
          }
        }
        case HARD_LINK -> hardLink(entry, path);
        case CHARACTER_DEVICE -> node(entry, path, wanted, FileStat.CHARACTER_DEVICE);
        case BLOCK_DEVICE -> node(entry, path, wanted, FileStat.BLOCK_DEVICE);
        case FIFO -> node(entry, path, wanted, FileStat.FIFO);
      }
    }

    private void file(TarEntry entry, String path, Attributes wanted) throws IOException {
      int flags =
          OpenFlags.WRITE_ONLY
              | OpenFlags.CREATE
              | OpenFlags.EXCLUSIVE
              | OpenFlags.NOFOLLOW
              | (entry.sparse() ? OpenFlags.APPEND : 0);
      int mode = attributes.initialMode(wanted);
      Fd[] made = new Fd[1];
      make(
          path,
          (parent, leaf) ->
              made[0] = sys.openat2(parent, leaf, flags, mode, OpenFlags.RESOLVE_BENEATH));
      try (Fd file = made[0]) {
        long end = 0;
        for (ByteBuffer piece = tar.data(); piece != null; piece = tar.data()) {
          if (tar.dataOffset() != end) {
            // Appending behind a hole needs no other call to seek.
            sys.ftruncate(file, tar.dataOffset());
          }
          end = tar.dataOffset() + piece.remaining();
          sys.writeFully(file, MemorySegment.ofBuffer(piece));
        }
        if (end != entry.size()) {
          sys.ftruncate(file, entry.size());
        }
        attributes.applyToFile(file, wanted);
        if (end >= WRITTEN_EARLY) {
          sys.startWriteback(file);
        }
        // A call less for most: only holes and attributes make it another number.
        bytes +=
            entry.sparse() || !wanted.xattrs().isEmpty()
                ? sys.fstat(file).blocks() * 512
                : end + (-end & (BLOCK - 1));
      }
    }

    private void node(TarEntry entry, String path, Attributes wanted, int type) throws IOException {
      make(
          path,
          (parent, leaf) ->
              sys.mknodat(parent, leaf, type | 0600, entry.deviceMajor(), entry.deviceMinor()));
      Fd directory = tree.directory(EntryPath.parent(path));
      attributes.applyToNode(directory, EntryPath.leaf(path), wanted);
      if (!wanted.xattrs().isEmpty()) {
        bytes += sys.fstatat(directory, EntryPath.leaf(path)).blocks() * 512;
      }
    }

    private void hardLink(TarEntry entry, String path) throws IOException {
      String target = EntryPath.normal(entry.linkName());
      if (target.equals(path)) {
        return;
      }
      try (Fd directory = tree.find(EntryPath.parent(target))) {
        if (directory != null && !target.isEmpty()) {
          String targetLeaf = EntryPath.leaf(target);
          make(path, (parent, leaf) -> sys.linkat(directory, targetLeaf, parent, leaf, 0));
          inodes--;
          return;
        }
      } catch (ErrnoException e) {
        if (e.is(Errno.EPERM)) {
          throw invalid("tar entry \"" + entry.shown() + "\" is a hard link to a directory");
        }
        if (!e.is(Errno.ENOENT)) {
          throw e;
        }
        inodes--;
      }
      if (missingLinks.size() >= MAX_MISSING_LINKS) {
        throw invalid("more than " + MAX_MISSING_LINKS + " hard links to files of other layers");
      }
      names.take(path);
      names.take(target);
      // The link is made in it later, when the layers below are there.
      Fd _ = tree.directory(EntryPath.parent(path));
      missingLinks.add(new MissingLink(path, target));
    }

    /** Makes a leaf, first removing what an earlier entry put there. */
    private void make(String path, Maker maker) throws IOException {
      String leaf = EntryPath.leaf(path);
      String parent = EntryPath.parent(path);
      inodes++;
      try {
        maker.make(tree.directory(parent), leaf);
      } catch (ErrnoException e) {
        if (!e.is(Errno.EEXIST)) {
          throw e;
        }
        boolean _ = tree.clearWay(path);
        maker.make(tree.directory(parent), leaf);
      }
    }

    /** Directories come last, see {@link DirectorySpool}. */
    void finish() throws IOException {
      directories.forEach((path, wanted) -> {
        try (Fd directory = tree.reopen(path)) {
          if (directory != null) {
            attributes.applyToDirectory(directory, wanted);
            directoryBytes += sys.fstat(directory).blocks() * 512 - BLOCK;
          }
        } catch (ErrnoException e) {
          throw KernelFault.of(
              "cannot unpack \"" + TarEntry.shown(path) + "\" into " + tree.rootPath(), e);
        }
      });
    }

    UnpackedLayer result(LayerStream stream) throws IOException {
      DiskUsage usage =
          tree.hasReplaced()
              ? Trees.usage(sys, tree.rootPath())
              : new DiskUsage(
                  bytes + directoryBytes + BLOCK * tree.directories(),
                  inodes + tree.whiteouts() + tree.directories());
      return new UnpackedLayer(
          stream.digest(),
          usage,
          hasRoot,
          tree.isOpaqueRoot(),
          List.copyOf(tree.implicit()),
          List.copyOf(missingLinks));
    }
  }

  /** Makes a leaf with a call that fails with EEXIST when there is one. */
  private interface Maker {
    void make(Fd parent, String leaf) throws IOException;
  }
}
