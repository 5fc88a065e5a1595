package io.jcri.daemon.config;

import io.jcri.daemon.system.SocketFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether others can connect to the sockets that are configured: the kernel takes names of 107
 * bytes, and what comes from elsewhere connects by the whole path. The daemon reaches its own
 * sockets, in a state directory of any length, by another way.
 */
final class SocketNames {
  private SocketNames() {}

  /** The end of a sentence that begins with the key, if its value is too long. */
  static Optional<String> tooLong(Path socket) {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    return length > SocketFile.MAX_BYTES
        ? Optional.of(
            "%s has %d bytes, the path of a socket may have %d"
                .formatted(socket, length, SocketFile.MAX_BYTES))
        : Optional.empty();
  }
}
