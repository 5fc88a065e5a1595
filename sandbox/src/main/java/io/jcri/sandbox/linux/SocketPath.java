package io.jcri.sandbox.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A unix socket's path in a form that the kernel takes: a name of at most {@link #MAX_BYTES} bytes.
 * A longer path is reached through the open descriptor of its directory, so it holds until this is
 * closed; what is bound or connected by then stays so.
 */
public final class SocketPath implements AutoCloseable {
  /** The kernel's 108 bytes without the final NUL. */
  public static final int MAX_BYTES = 107;

  private final Path socket;
  private final Optional<Fd> directory;

  private SocketPath(Path socket, Optional<Fd> directory) {
    this.socket = socket;
    this.directory = directory;
  }

  /**
   * For an absolute path.
   *
   * @throws ErrnoException when the directory of a long path is not there
   */
  public static SocketPath of(Path socket) throws IOException {
    Path parent = socket.getParent();
    if (fits(socket) || parent == null) {
      return new SocketPath(socket, Optional.empty());
    }
    return new SocketPath(
        socket,
        Optional.of(Linux.get().open(parent.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)));
  }

  /** Whether the path can be used as it is. */
  public static boolean fits(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /** For this process. */
  public Path path() {
    return directory.map(fd -> Path.of(fd.procPath(), name())).orElse(socket);
  }

  /** For other processes of root's. */
  public Path pathForOthers() {
    String own = Long.toString(ProcessHandle.current().pid());
    return directory
        .map(fd -> Path.of("/proc", own, "fd", Integer.toString(fd.number()), name()))
        .orElse(socket);
  }

  private String name() {
    return String.valueOf(socket.getFileName());
  }

  @Override
  public void close() {
    directory.ifPresent(Fd::close);
  }
}
