package io.jcri.oci.file;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.nio.file.Path;

/**
 * Finds a path inside a mounted image. The image is hostile: its links and {@code ..} never lead
 * out of it.
 */
public final class SubPath {
  private SubPath() {}

  /**
   * The path on the host, free of links, of a directory or plain file below {@code root}. It stays
   * true only as long as nobody can change the tree: for read-only mounts.
   *
   * @throws OciException NOT_FOUND, or INVALID when it is neither directory nor file
   */
  public static Path resolve(Syscalls sys, Path root, String subPath) {
    String relative = subPath.replaceFirst("^/+", "");
    if (relative.isEmpty()) {
      return root;
    }
    try (Fd top = sys.open(root.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0);
        Fd found = sys.openat2(top, relative, OpenFlags.PATH, 0, OpenFlags.RESOLVE_HOSTILE)) {
      FileStat stat = sys.fstat(found);
      if (!stat.isDirectory() && !stat.isRegular()) {
        throw new OciException(
            OciException.Kind.INVALID,
            "path " + subPath + " of the image is neither a directory nor a file");
      }
      return Path.of(sys.readlinkat(Fd.CWD, found.procPath()));
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        throw new OciException(
            OciException.Kind.NOT_FOUND, "path " + subPath + " does not exist in the image", e);
      }
      throw OciException.ofIo("cannot find path " + subPath + " in the image", e);
    }
  }
}
