package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Gives a host path and all below it the SELinux label of a container ({@code
 * Mount.selinux_relabel}).
 *
 * <p>Another container may be at work in the tree: no link is followed, and each name is set below
 * an open directory, so that nothing outside of the tree gets the label. Stateless.
 */
public final class Relabel {
  private static final int OPEN = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW;

  /** A tree that is deeper was made to exhaust descriptors. */
  private static final int MAX_DEPTH = 128;

  /** With a container's label on one of these the node would stop working. */
  private static final Set<String> SYSTEM =
      Set.of(
          "/",
          "/bin",
          "/boot",
          "/dev",
          "/etc",
          "/home",
          "/lib",
          "/lib32",
          "/lib64",
          "/libx32",
          "/media",
          "/mnt",
          "/opt",
          "/proc",
          "/root",
          "/run",
          "/sbin",
          "/srv",
          "/sys",
          "/tmp",
          "/usr",
          "/usr/bin",
          "/usr/lib",
          "/usr/lib64",
          "/usr/local",
          "/usr/sbin",
          "/usr/share",
          "/var",
          "/var/lib",
          "/var/lib/kubelet",
          "/var/log",
          "/var/run",
          "/var/tmp");

  /** Trees that are the system's however deep one goes. */
  private static final List<Path> SYSTEM_TREES =
      List.of(
          Path.of("/boot"), Path.of("/dev"), Path.of("/etc"), Path.of("/proc"), Path.of("/sys"));

  private final Syscalls calls;
  private final String attribute;

  public Relabel(Syscalls calls) {
    this(calls, "security.selinux");
  }

  /** With another attribute: what the kernel lets a test set. */
  Relabel(Syscalls calls, String attribute) {
    this.calls = calls;
    this.attribute = attribute;
  }

  /**
   * Labels a tree. Files whose file system has no labels, and such as vanish meanwhile, are left.
   *
   * @param source a real path of the host: no part of it is a link
   * @throws JcriException INVALID for a directory of the system
   */
  public void apply(Path source, String label) throws IOException {
    if (SYSTEM.contains(source.toString()) || SYSTEM_TREES.stream().anyMatch(source::startsWith)) {
      throw JcriException.invalid(
          "host path %s belongs to the system and can't get the SELinux label of a container"
              .formatted(source));
    }
    byte[] value = label.getBytes(StandardCharsets.UTF_8);
    Path parent = source.getParent();
    if (parent == null) {
      throw JcriException.invalid("host path " + source + " has no parent");
    }
    try (Fd directory = calls.open(parent.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      String name = String.valueOf(source.getFileName());
      one(directory, name, calls.fstatat(directory, name), value, 0);
    }
  }

  private void one(Fd parent, String name, FileStat stat, byte[] value, int depth)
      throws IOException {
    try {
      calls.setxattrat(parent, name, attribute, value);
    } catch (ErrnoException e) {
      if (!skipped(e)) {
        throw e;
      }
    }
    if (stat.isDirectory() && depth < MAX_DEPTH) {
      try (Fd child = calls.openat2(parent, name, OPEN, 0, OpenFlags.RESOLVE_BENEATH)) {
        below(child, value, depth + 1);
      } catch (ErrnoException e) {
        if (!skipped(e)) {
          throw e;
        }
      }
    }
  }

  private void below(Fd directory, byte[] value, int depth) throws IOException {
    for (List<DirectoryEntry> some = calls.listSome(directory);
        !some.isEmpty();
        some = calls.listSome(directory)) {
      for (DirectoryEntry entry : some) {
        try {
          FileStat stat = calls.fstatat(directory, entry.name());
          one(directory, entry.name(), stat, value, depth);
        } catch (ErrnoException e) {
          if (!skipped(e)) {
            throw e;
          }
        }
      }
    }
  }

  /** No labels here, a read-only file system, or gone (perhaps replaced) meanwhile. */
  private static boolean skipped(ErrnoException e) {
    return e.is(
        Errno.EOPNOTSUPP, Errno.EPERM, Errno.EROFS, Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);
  }
}
