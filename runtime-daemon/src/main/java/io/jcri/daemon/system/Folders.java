package io.jcri.daemon.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Makes folders whose mode is what it should be, whoever made them before us. */
public final class Folders {
  public static final String PRIVATE = "rwx------";

  private Folders() {}

  /**
   * A folder of the daemon's own.
   *
   * @param mode as {@code ls} shows it
   */
  public static Path own(Path folder, String mode) throws IOException {
    return Files.setPosixFilePermissions(
        Files.createDirectories(folder), PosixFilePermissions.fromString(mode));
  }

  /** A folder that an administrator may have closed further, but in which only root may write. */
  public static Path base(Path folder) throws IOException {
    Files.createDirectories(folder);
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
    if (mode.removeAll(Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE))) {
      Files.setPosixFilePermissions(folder, mode);
    }
    return folder;
  }
}
