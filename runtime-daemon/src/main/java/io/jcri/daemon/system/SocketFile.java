package io.jcri.daemon.system;

import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A socket that is bound in a folder which only root may enter, and moved to where others find it
 * once its mode is right: there is no moment in which it is open to more than it should be.
 *
 * @param path where others find it
 */
public record SocketFile(Path path) {
  private static final String FOLDER = ".bind";

  /** How long the path of a socket may be that others connect to by name. */
  public static final int MAX_BYTES = SocketPath.MAX_BYTES - FOLDER.length() - 1;

  /** Where to bind it. */
  public Path bound() {
    return path.resolveSibling(FOLDER).resolve(String.valueOf(path.getFileName()));
  }

  /** Makes the folder to bind in, and nothing is in the way there. */
  public void prepare() throws IOException {
    Path folder = path.resolveSibling(FOLDER);
    Files.createDirectories(path.toAbsolutePath().getParent());
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(Folders.PRIVATE)));
    } catch (FileAlreadyExistsException e) {
      // Where others may write, another may have made it first.
      boolean ours =
          Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
              && Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                  .equals((int) Linux.get().getuid());
      if (!ours) {
        throw new IOException(folder + " is in the way: it is no folder of the daemon's user", e);
      }
      Folders.own(folder, Folders.PRIVATE);
    }
    Files.deleteIfExists(bound());
  }

  /**
   * Moves what was bound to its place.
   *
   * @param mode as {@code ls} shows it
   */
  public void publish(String mode) throws IOException {
    Files.setPosixFilePermissions(bound(), PosixFilePermissions.fromString(mode));
    Files.move(bound(), path, StandardCopyOption.ATOMIC_MOVE);
  }
}
