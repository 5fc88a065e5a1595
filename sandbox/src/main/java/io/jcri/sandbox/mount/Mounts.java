package io.jcri.sandbox.mount;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.MountFlags;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.PathBytes;
import io.jcri.sandbox.linux.PlatformThreads;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Mounts in the daemon's mount namespace. Stateless and safe for any thread. Every mount is made
 * detached and attached in one step, or not at all; taking one away is idempotent. Refusals of the
 * kernel are {@link ErrnoException}s that name the path.
 */
public final class Mounts {
  /** More mounts than this on one directory mean someone else mounts there as we unmount. */
  private static final int MAX_STACKED = 64;

  private static final Path TABLE = Path.of("/proc/self/mountinfo");

  private final Syscalls calls;
  private final Overlays overlays;

  public Mounts(Syscalls calls) {
    this.calls = calls;
    this.overlays = new Overlays(calls);
  }

  /** Mounts an overlay on an existing directory. One layer alone is bound there. */
  public void overlay(OverlayMount spec, Path target) throws IOException {
    overlays.mount(spec, target);
  }

  /**
   * Shows a trusted file or directory (not what is mounted below it) at another existing place.
   * Symbolic links in {@code source} are followed, one that {@code target} is is not.
   */
  public void bind(Path source, Path target, boolean readOnly) throws IOException {
    try (Fd copy = calls.openTree(Fd.CWD, source.toString(), MountFlags.OPEN_TREE_CLONE)) {
      attach(copy, target, readOnly);
    }
  }

  /** As above, of what {@code source} has open: the way to bind a name of a hostile tree. */
  public void bind(Fd source, Path target, boolean readOnly) throws IOException {
    try (Fd copy = calls.openTree(source, "", MountFlags.OPEN_TREE_CLONE)) {
      attach(copy, target, readOnly);
    }
  }

  /**
   * Shows a file at another existing place from where no further copy is taken, not even by a bind
   * mount of a folder above.
   */
  public void bindUnbindable(Path source, Path target) throws IOException {
    bind(source, target, false);
    calls.mount(null, target.toString(), null, MountFlags.MS_UNBINDABLE, null);
  }

  private void attach(Fd copy, Path target, boolean readOnly) throws IOException {
    calls.mountSetattr(
        copy, 0, readOnly ? MountFlags.ATTR_RDONLY : 0, 0, MountFlags.MS_PRIVATE, null);
    calls.moveMount(copy, target.toString());
  }

  /**
   * Mounts a tmpfs without set-id programs, devices and programs.
   *
   * @param sizeBytes its limit
   * @param mode of its root, for example 01777
   */
  public void tmpfs(Path target, long sizeBytes, int mode) throws IOException {
    calls.mount(
        "tmpfs",
        target.toString(),
        "tmpfs",
        MountFlags.MS_NOSUID | MountFlags.MS_NODEV | MountFlags.MS_NOEXEC,
        "size=" + sizeBytes + ",mode=" + Integer.toOctalString(mode));
  }

  /**
   * Takes away every mount on {@code target} itself, at once; one still in use disappears with its
   * last user. Nothing mounted, and nothing there, is fine.
   */
  public void unmount(Path target) throws IOException {
    unmount(target.toString());
  }

  private void unmount(String target) throws IOException {
    for (int i = 0; i < MAX_STACKED; i++) {
      try {
        calls.umount2(target, MountFlags.MNT_DETACH | MountFlags.UMOUNT_NOFOLLOW);
      } catch (ErrnoException e) {
        if (e.is(Errno.EINVAL, Errno.ENOENT)) {
          return;
        }
        throw e;
      }
    }
    throw new ErrnoException("unmount", Errno.EBUSY.number(), target);
  }

  /**
   * Takes away every mount on {@code prefix} and below it. One that fails does not keep the others;
   * the first failure is thrown at the end.
   */
  public void unmountAllBelow(Path prefix) throws IOException {
    IOException failure = null;
    // The last made first: a mount goes before what it stands on.
    for (MountInfo mount : below(prefix).reversed()) {
      try {
        unmount(mount.mountPoint());
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The mounts on {@code prefix} and below it, in the kernel's order. */
  public List<MountInfo> below(Path prefix) throws IOException {
    String path = prefix.toAbsolutePath().normalize().toString();
    return all().stream().filter(mount -> mount.isAtOrBelow(path)).toList();
  }

  /** All mounts of the daemon's mount namespace. */
  public List<MountInfo> all() throws IOException {
    byte[] table = PlatformThreads.call(() -> Files.readAllBytes(TABLE));
    return MountInfo.parseAll(PathBytes.decode(table));
  }

  /**
   * Makes {@code directory} a mount point whose mounts no other namespace sees: it is bound to
   * itself when nothing is mounted on it yet. What is mounted below stays visible.
   */
  public void makePrivate(Path directory) throws IOException {
    String path = directory.toRealPath().toString();
    if (all().stream().noneMatch(mount -> mount.mountPoint().equals(path))) {
      calls.mount(path, path, null, MountFlags.MS_BIND | MountFlags.MS_REC, null);
    }
    calls.mount(null, path, null, MountFlags.MS_PRIVATE, null);
  }

  /** The propagation of the mount that holds {@code path}; symbolic links are followed. */
  public Propagation propagationOf(Path path) throws IOException {
    return holding(path).propagation();
  }

  /** The mount that holds {@code path}; symbolic links are followed. Blocks on a dead one. */
  public MountInfo holding(Path path) throws IOException {
    long id =
        PlatformThreads.call(() -> {
          try (Fd place = calls.open(path.toString(), OpenFlags.PATH, 0)) {
            return calls.fstat(place).mountId();
          }
        });
    return all().stream()
        .filter(mount -> mount.id() == id)
        .findFirst()
        .orElseThrow(() -> new IOException("no mount of this namespace holds " + path));
  }
}
