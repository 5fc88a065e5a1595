package io.jcri.sandbox.mount;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.MountFlags;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Directories seen through detached mounts whose owners a user namespace maps. Directories of one
 * mount share one detached copy of their nearest common parent, so that a container costs one such
 * mount however many layers its image has: with one for each layer the kernel's mount lock becomes
 * the bottleneck of a node that starts many pods. Used by one thread; closing it drops the mounts
 * unless something (an overlay) holds them.
 */
final class IdMappedTrees implements AutoCloseable {
  private final Syscalls calls;
  private final Path userNamespace;
  private final List<Fd> mounts = new ArrayList<>();

  IdMappedTrees(Syscalls calls, Path userNamespace) {
    this.calls = calls;
    this.userNamespace = userNamespace;
  }

  /** The detached mounts made so far. */
  List<Fd> mounts() {
    return List.copyOf(mounts);
  }

  /** Paths that reach the same directories with mapped owners, valid until this is closed. */
  List<String> map(List<Path> directories) throws IOException {
    Path parent = commonParent(directories);
    if (!sameMount(parent, directories)) {
      List<String> mapped = new ArrayList<>();
      for (Path directory : directories) {
        mapped.add(mappedCopy(directory).procPath());
      }
      return mapped;
    }
    String root = mappedCopy(parent).procPath();
    return directories.stream()
        .map(directory -> parent.relativize(directory).toString())
        .map(below -> below.isEmpty() ? root : root + "/" + below)
        .toList();
  }

  private static Path commonParent(List<Path> directories) {
    Path parent = directories.getFirst();
    for (Path directory : directories) {
      while (!directory.startsWith(parent)) {
        // Absolute paths share the root at least.
        parent = parent.getParent() == null ? parent.getRoot() : parent.getParent();
      }
    }
    return parent;
  }

  /** A copy of the parent's mount does not show what is mounted below it. */
  private boolean sameMount(Path parent, List<Path> directories) throws IOException {
    long mount = calls.fstatat(Fd.CWD, parent.toString()).mountId();
    for (Path directory : directories) {
      if (calls.fstatat(Fd.CWD, directory.toString()).mountId() != mount) {
        return false;
      }
    }
    return true;
  }

  private Fd mappedCopy(Path directory) throws IOException {
    Fd copy = calls.openTree(Fd.CWD, directory.toString(), MountFlags.OPEN_TREE_CLONE);
    mounts.add(copy);
    try (Fd users = calls.open(userNamespace.toString(), OpenFlags.READ_ONLY, 0)) {
      calls.mountSetattr(copy, 0, MountFlags.ATTR_IDMAP, 0, MountFlags.MS_PRIVATE, users);
      return copy;
    } catch (ErrnoException e) {
      if (e.is(Errno.EINVAL, Errno.ENOSYS)) {
        // Never fall back to changing owners: that would copy the image for each pod.
        throw new ErrnoException(
            "map the owners of",
            e.errno(),
            directory.toString(),
            "its file system or this kernel has no id-mapped mounts, or "
                + userNamespace
                + " has no mappings");
      }
      throw e;
    }
  }

  @Override
  public void close() {
    mounts.forEach(Fd::close);
  }
}
