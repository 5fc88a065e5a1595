package io.jcri.oci.user;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileCalls;
import io.jcri.sandbox.linux.OpenFlags;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@link RootfsFiles} by openat2(RESOLVE_IN_ROOT): the kernel takes the root file system for / in
 * every link and {@code ..}. Thread-safe.
 */
public final class OpenatRootfsFiles implements RootfsFiles {
  private final FileCalls linux;

  public OpenatRootfsFiles(FileCalls linux) {
    this.linux = linux;
  }

  @Override
  public Optional<byte[]> read(Path root, String path, int maxBytes) {
    // Its own step: a root that is not there must not look like a root without the file.
    try (Fd directory = linux.open(root.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      return read(directory, path, maxBytes);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read /" + path + " in " + root, e);
    }
  }

  private Optional<byte[]> read(Fd root, String path, int maxBytes) throws IOException {
    try (Fd file = linux.openat2(root, path, OpenFlags.PATH, 0, OpenFlags.RESOLVE_HOSTILE)) {
      // Opening a pipe waits for a writer and opening a device may do anything, so the file is
      // looked at through a handle that has opened nothing yet.
      if (!linux.fstat(file).isRegular()) {
        throw invalid("/" + path + " in the image is not a regular file");
      }
      return Optional.of(content(file, path, maxBytes));
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR)) {
        return Optional.empty();
      }
      if (e.is(Errno.ELOOP)) {
        throw invalid("/" + path + " in the image is a loop of links");
      }
      throw e;
    }
  }

  private static byte[] content(Fd file, String path, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(file.procPath()))) {
      byte[] content = in.readNBytes(maxBytes + 1);
      if (content.length > maxBytes) {
        throw invalid("/" + path + " in the image is larger than " + maxBytes + " bytes");
      }
      return content;
    }
  }

  private static OciException invalid(String message) {
    return new OciException(Kind.INVALID, message);
  }
}
