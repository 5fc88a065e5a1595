package io.jcri.oci.user;

import io.jcri.oci.OciException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads small files of a container's root file system, whose content and links are hostile: no path
 * may lead out of the root and no file may make the reader wait or run out of memory.
 */
public interface RootfsFiles {

  /**
   * Reads a whole file.
   *
   * @param root the mounted root file system
   * @param path relative to the root; links in it are followed as the container would see them
   * @param maxBytes a longer file is an error
   * @return empty when there is no such file
   * @throws OciException INVALID when it is no regular file or longer than {@code maxBytes},
   *     INTERNAL when reading fails
   */
  Optional<byte[]> read(Path root, String path, int maxBytes);
}
