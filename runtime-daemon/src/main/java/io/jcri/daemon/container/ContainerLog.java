package io.jcri.daemon.container;

import io.jcri.daemon.pod.Pod;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Where a container's log is, for those who read or write it beside the shim. The way to the pod's
 * log directory is the node's, and may be one of links; what is below it a pod may have put there
 * that mounts the directory, so no link is followed from there on, here as in the shim.
 *
 * @param directory the pod's log directory
 * @param file below it
 */
public record ContainerLog(Path directory, Path file) {
  private static final int RESOLVE =
      OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_NO_SYMLINKS | OpenFlags.RESOLVE_NO_MAGICLINKS;

  /** Of a container that has a log. */
  public static Optional<ContainerLog> of(Pod pod, Container container) {
    if (container.logFile().isEmpty()) {
      return Optional.empty();
    }
    Path file = Path.of(container.logFile());
    Path directory = Path.of(pod.config().logDirectory()).normalize();
    return file.startsWith(directory) && !file.equals(directory)
        ? Optional.of(new ContainerLog(directory, file))
        : Optional.empty();
  }

  /** What it holds, or empty when it is not there, or no plain file. */
  public Optional<InputStream> read(Syscalls calls) throws IOException {
    try (Fd parent = calls.open(directory.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0);
        Fd opened = open(calls, parent, OpenFlags.READ_ONLY | OpenFlags.NONBLOCK, 0)) {
      if (!calls.fstat(opened).isRegular()) {
        return Optional.empty();
      }
      // By its number: the name may lead elsewhere by now.
      return Optional.of(
          Channels.newInputStream(
              FileChannel.open(Path.of(opened.procPath()), StandardOpenOption.READ)));
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ELOOP, Errno.ENOTDIR, Errno.EXDEV)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Makes it, with the folders on the way; empty when something has its name already.
   *
   * @throws ErrnoException ELOOP or ENOTDIR when a link is in the way
   */
  public Optional<OutputStream> create(Syscalls calls) throws IOException {
    try (Fd parent = calls.open(directory.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      Path relative = directory.relativize(file);
      for (int steps = 1; steps < relative.getNameCount(); steps++) {
        makeFolder(calls, parent, relative.subpath(0, steps));
      }
      int flags = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.EXCLUSIVE;
      try (Fd opened = open(calls, parent, flags, 0640)) {
        return Optional.of(
            Channels.newOutputStream(
                FileChannel.open(Path.of(opened.procPath()), StandardOpenOption.WRITE)));
      } catch (ErrnoException e) {
        if (e.is(Errno.EEXIST)) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  private static void makeFolder(Syscalls calls, Fd parent, Path folder) throws IOException {
    Path above = folder.getParent();
    int flags = OpenFlags.PATH | OpenFlags.DIRECTORY;
    try (Fd in = calls.openat2(parent, above == null ? "." : above.toString(), flags, 0, RESOLVE)) {
      calls.mkdirat(in, String.valueOf(folder.getFileName()), 0755);
    } catch (ErrnoException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  private Fd open(Syscalls calls, Fd parent, int flags, int mode) throws IOException {
    String name = directory.relativize(file).toString();
    return calls.openat2(parent, name, flags | OpenFlags.NOFOLLOW, mode, RESOLVE);
  }
}
