package io.jcri.oci.layer;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.file.Trees;
import io.jcri.oci.tar.EntryPath;
import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Directories of a layer that is being unpacked. Every path is resolved by the kernel with the
 * layer's root as its root, so that neither a link nor a race of a link leads out; leaves are made
 * with calls that never follow a link. Not thread-safe.
 *
 * <p>A layer is unpacked alone, not on top of the layers below it: overlayfs joins them later. A
 * directory for which the layer has no entry is made with default attributes and remembered as
 * implicit, see {@link LayerRebase}.
 */
public final class LayerTree implements AutoCloseable {

  public static final String OPAQUE = "trusted.overlay.opaque";
  private static final int MAX_LINKS = 40;

  private final Syscalls sys;
  private final Path rootPath;
  private final Fd root;
  private final String rootName;
  private final ImplicitDirectories implicit;
  private @Nullable Fd cached;
  private String cachedPath = "";
  private boolean opaqueRoot;
  private boolean replaced;
  private long directories = 1;
  private long whiteouts;

  LayerTree(Syscalls sys, Path rootPath, PendingNames names) throws IOException {
    this.sys = sys;
    this.implicit = new ImplicitDirectories(names);
    this.rootPath = rootPath;
    this.root =
        sys.open(
            rootPath.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW, 0);
    this.rootName = sys.readlinkat(Fd.CWD, root.procPath());
  }

  /** An existing directory or one that is made now; valid until the next call. */
  Fd directory(String path) throws IOException {
    if (path.isEmpty()) {
      return root;
    }
    if (cached != null && path.equals(cachedPath)) {
      return cached;
    }
    Fd directory;
    try {
      directory = open(path);
    } catch (ErrnoException e) {
      if (!isMissing(e)) {
        throw e;
      }
      makeDirectories(path, 0);
      directory = open(path);
    }
    forget();
    cached = directory;
    cachedPath = path;
    return directory;
  }

  /** Makes the directory of an entry, or keeps the one that is there. */
  void makeDirectory(String path, int mode) throws IOException {
    Fd parent = directory(EntryPath.parent(path));
    String leaf = EntryPath.leaf(path);
    try {
      sys.mkdirat(parent, leaf, mode & 0777);
      directories++;
      return;
    } catch (ErrnoException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
    if (sys.fstatat(parent, leaf).isDirectory()) {
      if (implicit.isEmpty() || !implicit.remove(physical(parent, leaf))) {
        // Its second entry.
        replaced = true;
      }
      return;
    }
    boolean whiteout = clearWay(path);
    parent = directory(EntryPath.parent(path));
    sys.mkdirat(parent, leaf, mode & 0777);
    directories++;
    if (whiteout) {
      setOpaque(path);
    }
  }

  /**
   * Removes what is at the path so that an entry can take its place.
   *
   * @return whether it was a whiteout
   */
  boolean clearWay(String path) throws IOException {
    Fd parent = directory(EntryPath.parent(path));
    String leaf = EntryPath.leaf(path);
    FileStat there = sys.fstatat(parent, leaf);
    replaced = true;
    if (there.isDirectory()) {
      implicit.forget(physical(parent, leaf));
      Trees.delete(sys, parent, leaf);
    } else {
      sys.unlinkat(parent, leaf, 0);
    }
    if (there.isDirectory() || there.isLink()) {
      forget();
    }
    return isWhiteout(there);
  }

  /**
   * Hides what lower layers have at the path (OCI image-spec, layer.md, "Whiteouts"); what this
   * layer has there stays.
   */
  void whiteOut(String path) throws IOException {
    Fd parent = directory(EntryPath.parent(path));
    String leaf = EntryPath.leaf(path);
    try {
      sys.mknodat(parent, leaf, FileStat.CHARACTER_DEVICE, 0, 0);
      whiteouts++;
    } catch (ErrnoException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      if (sys.fstatat(parent, leaf).isDirectory()) {
        boolean _ = implicit.remove(physical(parent, leaf));
        setOpaque(path);
      }
    }
  }

  /** Hides all that lower layers have in the directory. */
  void setOpaque(String path) throws IOException {
    if (path.isEmpty()) {
      // Overlayfs does not look at the mark on a root: the snapshot leaves out the layers below.
      opaqueRoot = true;
      return;
    }
    sys.fsetxattr(directory(path), OPAQUE, "y".getBytes(StandardCharsets.US_ASCII));
  }

  /** Opens an entry's directory, for its attributes; null when a later entry took its place. */
  @Nullable Fd reopen(String path) throws IOException {
    try {
      return path.isEmpty() ? open(".") : open(path, OpenFlags.NOFOLLOW);
    } catch (ErrnoException e) {
      if (isMissing(e) || e.is(Errno.ELOOP)) {
        return null;
      }
      throw e;
    }
  }

  /** Opens a directory of this layer without making it; null when it is not there. */
  @Nullable Fd find(String path) throws IOException {
    try {
      return open(path.isEmpty() ? "." : path);
    } catch (ErrnoException e) {
      if (isMissing(e)) {
        return null;
      }
      throw e;
    }
  }

  /** The directories that were made without an entry, parents before children. */
  Set<String> implicit() {
    return implicit.sorted();
  }

  boolean isOpaqueRoot() {
    return opaqueRoot;
  }

  /** Says that the root has a second entry. */
  void countAgain() {
    replaced = true;
  }

  /** Whether something was made twice or removed again, so that sums over entries are wrong. */
  boolean hasReplaced() {
    return replaced;
  }

  /** How many directories were made, the root among them. */
  long directories() {
    return directories;
  }

  /** How many whiteouts were made. */
  long whiteouts() {
    return whiteouts;
  }

  Path rootPath() {
    return rootPath;
  }

  @Override
  public void close() {
    forget();
    root.close();
  }

  public static boolean isWhiteout(FileStat stat) {
    return stat.type() == FileStat.CHARACTER_DEVICE
        && stat.rdevMajor() == 0
        && stat.rdevMinor() == 0;
  }

  /**
   * Walks down from the root a step at a time, so that a long path costs no more than its length.
   */
  private void makeDirectories(String path, int links) throws IOException {
    if (links > MAX_LINKS) {
      throw invalid("too many links in " + TarEntry.shown(path));
    }
    Fd at = open(".");
    try {
      String reached = "";
      for (String component : path.split("/", -1)) {
        Fd next = step(at, reached, component, links);
        at.close();
        at = next;
        reached = EntryPath.child(reached, component);
      }
    } finally {
      at.close();
    }
  }

  /** The directory one step below, made when it is missing. */
  private Fd step(Fd parent, String parentPath, String leaf, int links) throws IOException {
    FileStat there = stat(parent, leaf);
    String path = EntryPath.child(parentPath, leaf);
    if (there == null) {
      makeImplicit(parent, leaf);
    } else if (isWhiteout(there)) {
      sys.unlinkat(parent, leaf, 0);
      replaced = true;
      sys.mkdirat(parent, leaf, 0755);
      directories++;
      setOpaque(path);
    } else if (there.isLink()) {
      try {
        return open(path);
      } catch (ErrnoException e) {
        if (!e.is(Errno.ENOENT)) {
          throw e;
        }
        // It leads to where only a lower layer has something, or to nowhere.
        makeDirectories(followed(parentPath, sys.readlinkat(parent, leaf)), links + 1);
        return open(path);
      }
    } else if (!there.isDirectory()) {
      throw invalid(TarEntry.shown(path) + " is not a directory");
    }
    return sys.openat2(
        parent,
        leaf,
        OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW,
        0,
        OpenFlags.RESOLVE_BENEATH);
  }

  private void makeImplicit(Fd parent, String leaf) throws IOException {
    implicit.add(physical(parent, leaf));
    sys.mkdirat(parent, leaf, 0755);
    directories++;
  }

  /** Where a link leads, by its text; {@code ..} stops at the root. */
  private static String followed(String directory, String target) {
    StringBuilder path = new StringBuilder(target.startsWith("/") ? "" : directory);
    for (String component : target.split("/", -1)) {
      if (component.equals("..")) {
        path.setLength(Math.max(0, path.lastIndexOf("/")));
      } else if (!component.isEmpty() && !component.equals(".")) {
        path.append(path.isEmpty() ? "" : "/").append(component);
      }
    }
    return path.toString();
  }

  /** The path from the root without links. */
  private String physical(Fd parent, String leaf) throws IOException {
    String name = sys.readlinkat(Fd.CWD, parent.procPath());
    String below = name.equals(rootName) ? "" : name.substring(rootName.length() + 1);
    return EntryPath.child(below, leaf);
  }

  private Fd open(String path) throws ErrnoException {
    return open(path, 0);
  }

  private Fd open(String path, int flags) throws ErrnoException {
    return sys.openat2(
        root,
        path,
        OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | flags,
        0,
        OpenFlags.RESOLVE_HOSTILE);
  }

  private @Nullable FileStat stat(Fd parent, String leaf) throws IOException {
    try {
      return sys.fstatat(parent, leaf);
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        return null;
      }
      throw e;
    }
  }

  private static boolean isMissing(ErrnoException e) {
    return e.is(Errno.ENOENT, Errno.ENOTDIR);
  }

  private void forget() {
    if (cached != null) {
      cached.close();
      cached = null;
    }
  }
}
